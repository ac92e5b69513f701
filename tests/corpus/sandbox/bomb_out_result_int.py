# technique: an integer of 40 million bits
# expected: contained: output
result = 1 << 40_000_000
