# technique: what the program sees of an exception of the host
# expected: harmless
try:
    broken("x")
    result = "ran"
except Exception as e:
    result = type(e).__name__ + ": " + str(e)
