# technique: getattr with an un-normalised name finds nothing
# expected: harmless
class A:
    os = 1
result = getattr(A, "oſ", None)
