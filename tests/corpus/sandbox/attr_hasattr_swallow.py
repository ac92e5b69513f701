# technique: the refusal stays although the program swallows it
# expected: rejected
try:
    found = hasattr(int, "__subclasses__")
except BaseException:
    found = None
result = "ran"
