# technique: four-byte characters against a byte cap
# expected: contained: output
for _ in range(1000):
    print("\U0001F600" * 1000)
result = 1
