# technique: __match_args__ bound by def, import and with
# expected: rejected
class A:
    from math import pi as __match_args__
result = "ran"
