# technique: BENIGN - ordinary program: type name error
# expected: accepted
# expect: 'expected int, got str'
def f(x):
    raise TypeError(f"expected int, got {x.__class__.__name__}")
try: f("s")
except TypeError as e: result = str(e)
