# technique: the traceback itself as the result
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
result = [cm.tb]
