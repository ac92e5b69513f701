# technique: case object(tb_frame=f) on the traceback given to __exit__
# expected: rejected
class CM:
    def __enter__(self):
        return self
    def __exit__(self, kind, value, tb):
        match tb:
            case object(tb_frame=f):
                CM.frame = f
        return True
with CM():
    1 / 0
result = "ESCAPED " + str(CM.frame)
