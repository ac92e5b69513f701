# technique: an ExceptionGroup of 10,000 nested errors
# expected: contained: error
e = ValueError("x" * 1000)
for _ in range(1000):
    e = ExceptionGroup("g", [e, e])
raise e
