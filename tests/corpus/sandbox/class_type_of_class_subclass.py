# technique: class M(type(object))
# expected: rejected
class M(type(object)):
    pass
result = "ran"
