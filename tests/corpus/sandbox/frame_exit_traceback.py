# technique: __exit__ receives a traceback
# expected: rejected
class CM:
    def __enter__(self):
        return self
    def __exit__(self, kind, value, tb):
        self.frame = tb.tb_frame
        return True
cm = CM()
with cm:
    1 / 0
result = "ESCAPED " + str(cm.frame)
