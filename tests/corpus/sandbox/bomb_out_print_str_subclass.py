# technique: print of a str subclass whose __len__ and __str__ lie
# expected: contained: output
class S(str):
    def __len__(self):
        return 0
    def __str__(self):
        return self
for _ in range(3000):
    print(S("x" * 10000))
result = 1
