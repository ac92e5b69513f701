# technique: '%*d' and '%.*f' with huge widths
# expected: contained: memory
result = len("%.*f" % (2 * 10 ** 9, 1.5))
