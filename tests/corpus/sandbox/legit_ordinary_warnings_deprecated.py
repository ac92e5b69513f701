# technique: BENIGN - ordinary program: warnings deprecated
# expected: accepted
# expect: [2, 'old is deprecated: use new', 6]
import functools, warnings
def deprecated(msg):
    def deco(fn):
        @functools.wraps(fn)
        def inner(*a, **k):
            warnings.warn(f"{fn.__name__} is deprecated: {msg}", DeprecationWarning, stacklevel=2)
            return fn(*a, **k)
        return inner
    return deco
@deprecated("use new")
def old(x): return x + 1
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    a = old(1)
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        old(2)
    except DeprecationWarning as w:
        msg = str(w)
warnings.filterwarnings("ignore", category=DeprecationWarning)
result = [a, msg, old(5)]
