# technique: what was printed before the error is kept
# expected: contained: error
print("before")
raise ValueError("after")
