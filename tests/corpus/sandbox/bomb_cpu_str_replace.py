# technique: replace and split in a C-level square
# expected: contained: timeout
s = "ab" * 10 ** 6
while True:
    s = s.replace("ab", "ba", 10 ** 6)
