# technique: __str__ returns a str subclass with a lying length
# expected: contained: error
class S(str):
    def __len__(self):
        return 1
    def __getitem__(self, i):
        return self
class E(Exception):
    def __str__(self):
        return S("x" * 100000)
raise E()
