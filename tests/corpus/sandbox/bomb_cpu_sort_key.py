# technique: sorted() with a key that never returns
# expected: contained: timeout
result = sorted([2, 1], key=lambda x: sum(1 for _ in iter(int, 1)))
