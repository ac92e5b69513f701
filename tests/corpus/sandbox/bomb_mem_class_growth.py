# technique: a million classes
# expected: contained: memory
kept = []
while True:
    class A:
        x = [0] * 100
    kept.append(A)
