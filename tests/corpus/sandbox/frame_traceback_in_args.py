# technique: a traceback as an argument of an exception must not cross
# expected: contained: error
class CM:
    def __enter__(self):
        return self
    def __exit__(self, kind, value, tb):
        raise RuntimeError(tb, self, len)
with CM():
    1 / 0
