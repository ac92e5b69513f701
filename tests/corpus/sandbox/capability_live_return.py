# technique: the host's function returns a live object
# expected: harmless
try:
    value = leak_object("x")
    result = "LEAK:" + str(value)
except Exception as e:
    result = type(e).__name__
