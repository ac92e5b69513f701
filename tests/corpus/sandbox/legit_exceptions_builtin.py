# technique: BENIGN - the built-in exceptions ordinary code meets
# expected: accepted
# expect: ['ZeroDivisionError', 'KeyError', 'IndexError', 'ValueError', 'TypeError', 'AttributeError', 'NameError', 'StopIteration', 'TypeError', 'TypeError', 'OverflowError', 'UnicodeDecodeError', 'ValueError', 'FileNotFoundError', 'fine']
def kind(f):
    try:
        return f()
    except Exception as e:
        return type(e).__name__
result = [kind(f) for f in (lambda: 1 / 0, lambda: {}["a"], lambda: [][0], lambda: int("x"), lambda: "a" + 1, lambda: None.x, lambda: undefined_name, lambda: next(iter([])), lambda: (1).bit_length("x"), lambda: {[]: 1}, lambda: 2.0 ** 100000, lambda: b"\xff".decode(),
          lambda: [1].remove(2), lambda: (_ for _ in ()).throw(OSError(2, "gone")), lambda: "fine")]
