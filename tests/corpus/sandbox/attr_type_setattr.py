# technique: type.__setattr__ on a built-in class
# expected: rejected
type.__setattr__(int, "evil", 1)
result = "ran"
