# technique: {0.gi_frame}: no underscore, still a frame
# expected: rejected
result = "ESCAPED " + "{0.gi_frame}".format(x for x in ())
