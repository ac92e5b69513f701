# technique: a number where text is declared does not reach the host's function
# expected: harmless
try:
    result = lookup(5)
except TypeError:
    result = "TypeError"
