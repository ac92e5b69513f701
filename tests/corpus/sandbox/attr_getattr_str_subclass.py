# technique: getattr with a str subclass whose comparisons and startswith lie
# expected: rejected
class Sly(str):
    def startswith(self, *a):
        return False
    def __eq__(self, other):
        return False
    def __hash__(self):
        return 1
result = "LEAK:" + str(getattr((x for x in ()), Sly("gi_frame")))
