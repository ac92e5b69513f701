# technique: the globals of a granted function
# expected: rejected
result = str(lookup.__globals__)
