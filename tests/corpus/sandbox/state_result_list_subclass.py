# technique: a list subclass with lying __iter__ and __len__
# expected: rejected
class L(list):
    def __iter__(self):
        return iter([len])
    def __len__(self):
        return 10 ** 9
result = [L([1])]
