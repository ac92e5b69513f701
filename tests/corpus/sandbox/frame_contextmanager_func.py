# technique: .func/.args of a context manager made by contextmanager are ours
# expected: harmless
import contextlib
@contextlib.contextmanager
def cm(a):
    yield a
made = cm(3)
result = [made.args, made.func.__name__]
