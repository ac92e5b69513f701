# technique: BENIGN - ExceptionGroup raised and caught as a plain exception
# expected: accepted
# expect: ['several', ['ValueError', 'TypeError']]
try:
    raise ExceptionGroup("several", [ValueError("a"), TypeError("b")])
except ExceptionGroup as g:
    result = [g.message, [type(e).__name__ for e in g.exceptions]]
