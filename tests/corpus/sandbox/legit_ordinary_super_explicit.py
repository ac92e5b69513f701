# technique: BENIGN - ordinary program: super explicit
# expected: accepted
# expect: ['A', 'C', 'B', 'D']
class A:
    def f(self): return ["A"]
class B(A):
    def f(self): return super(B, self).f() + ["B"]
class C(A):
    def f(self): return super().f() + ["C"]
class D(B, C):
    def f(self): return super().f() + ["D"]
result = D().f()
