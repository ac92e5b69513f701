# technique: f"{g.gi_frame!r}"
# expected: rejected
g = (x for x in ())
result = f"ESCAPED {g.gi_frame!r:>{30}}"
