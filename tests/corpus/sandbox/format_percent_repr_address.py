# technique: %r of a function shows an address inside; text is data
# expected: harmless
result = len("%r" % (len,)) > 3
