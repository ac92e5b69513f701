# technique: BENIGN - cooperative super() in a diamond
# expected: accepted
# expect: ['D', 'B', 'C', 'A']
log = []
class A:
    def go(self):
        log.append("A")
class B(A):
    def go(self):
        log.append("B")
        super().go()
class C(A):
    def go(self):
        log.append("C")
        super().go()
class D(B, C):
    def go(self):
        log.append("D")
        super().go()
D().go()
result = log
