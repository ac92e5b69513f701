# technique: in `class _:` a name like __class is not mangled away
# expected: rejected
class _:
    def f(self):
        return ().__class__
result = str(_().f())
