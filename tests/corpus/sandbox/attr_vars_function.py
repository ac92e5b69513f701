# technique: vars(function) and vars() without arguments
# expected: rejected
result = "LEAK:" + str(sorted(vars()))[:200]
