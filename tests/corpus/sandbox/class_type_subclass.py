# technique: class M(type)
# expected: rejected
class M(type):
    def __getitem__(cls, i):
        return i
result = "ran"
