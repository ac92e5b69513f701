# technique: OSError with a file name
# expected: contained: error
raise OSError(2, "No such file", CANARY)
