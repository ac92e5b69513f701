# technique: eval as a default argument
# expected: rejected
def f(x=eval("1")):
    return x
result = f()
