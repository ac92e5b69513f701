# technique: 1 << (1 << 40)
# expected: contained: memory
result = (1 << (1 << 40)).bit_length()
