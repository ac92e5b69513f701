# technique: bound builtin __self__ by a split name
# expected: rejected
result = "LEAK:" + str(getattr([].append, "__se" + "lf__"))
