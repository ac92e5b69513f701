# technique: two recursive calls in the handler: exponential unwinding
# expected: contained: timeout
def f():
    try:
        f()
    finally:
        f()
f()
