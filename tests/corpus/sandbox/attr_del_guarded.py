# technique: del of an attribute of a built-in class
# expected: rejected
del int.real
result = "ran"
