# technique: the message of the exception loops
# expected: contained: timeout
class E(Exception):
    def __str__(self):
        while True:
            pass
raise E()
