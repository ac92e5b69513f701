# technique: the message of the exception raises SystemExit
# expected: contained: error
class E(Exception):
    def __str__(self):
        raise SystemExit(5)
    def __repr__(self):
        raise KeyboardInterrupt()
raise E()
