# technique: BENIGN - class with __enter__/__exit__ that suppresses and reports
# expected: accepted
# expect: ["KeyError: 'x'", 'ValueError']
class Guard:
    def __init__(self, *kinds):
        self.kinds, self.caught = kinds, None
    def __enter__(self):
        return self
    def __exit__(self, exc_type, exc, tb):
        if exc_type is not None and issubclass(exc_type, self.kinds):
            self.caught = f"{exc_type.__name__}: {exc}"
            return True
        return False
with Guard(ZeroDivisionError, KeyError) as g:
    {}["x"]
out = [g.caught]
try:
    with Guard(KeyError):
        int("x")
except ValueError as e:
    out.append(type(e).__name__)
result = out
