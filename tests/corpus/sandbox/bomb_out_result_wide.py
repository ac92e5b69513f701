# technique: a list of 600,000 small numbers
# expected: contained: output
result = list(range(600000))
