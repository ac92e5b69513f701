# technique: guard names in a class body by augmented assignment
# expected: rejected
class A:
    _write_ = 1
    _write_ += 1
result = "ran"
