# technique: an exception class and an exception
# expected: rejected
result = {"e": ValueError("x"), "c": ValueError}
