# technique: f = str.format; f(...)
# expected: rejected
f = str.format
result = "ESCAPED " + f("{0.__class__}", 1)
