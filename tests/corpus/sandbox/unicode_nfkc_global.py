# technique: global statement with a normalised guard name
# expected: rejected
def f():
    global _＿builtins__
    _＿builtins__ = 1
f()
result = 1
