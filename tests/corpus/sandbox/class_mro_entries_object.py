# technique: an instance with __mro_entries__ as base
# expected: rejected
class B:
    def __mro_entries__(self, bases):
        return (type,)
class X(B()):
    pass
result = "ran"
