# technique: KeyError shows the repr of its argument: giant and nested
# expected: contained: error
raise KeyError({"k" * 10 ** 6: ["v" * 10 ** 6] * 10})
