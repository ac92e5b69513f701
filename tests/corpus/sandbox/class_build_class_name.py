# technique: __build_class__ by name
# expected: rejected
result = str(__build_class__(lambda: None, "X"))
