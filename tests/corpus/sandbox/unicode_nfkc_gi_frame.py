# technique: gi_frame with a full-width underscore
# expected: rejected
g = (x for x in ())
result = g.gi＿frame
