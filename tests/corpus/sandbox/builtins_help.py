# technique: help()
# expected: rejected
help()
result = "ran"
