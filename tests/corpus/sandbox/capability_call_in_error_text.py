# technique: the message of the exception calls a capability
# expected: contained: error
class E(Exception):
    def __str__(self):
        return lookup("from error")
raise E()
