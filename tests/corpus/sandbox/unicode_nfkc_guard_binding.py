# technique: guard name written with a full-width letter
# expected: rejected
def f(_ｇetattr_=1):
    return 1
result = f()
