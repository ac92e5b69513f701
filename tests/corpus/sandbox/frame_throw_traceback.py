# technique: the traceback from __exit__ goes through gen.throw and comes back as an attribute
# expected: rejected
class CM:
    def __enter__(self):
        return self
    def __exit__(self, kind, value, tb):
        self.tb = tb
        return True
cm = CM()
with cm:
    1 / 0
def g():
    try:
        yield 1
    except ZeroDivisionError as e:
        yield e.__traceback__
it = g()
next(it)
result = "ESCAPED " + str(it.throw(ZeroDivisionError, ZeroDivisionError(), cm.tb))
