# technique: class keyword in full width: ｍetaclass
# expected: rejected
class M:
    pass
class A(ｍetaclass=type(M)):
    pass
result = "ran"
