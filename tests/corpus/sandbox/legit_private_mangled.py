# technique: BENIGN - self.__private attributes and methods
# expected: accepted
# expect: [5, 'Account: insufficient', 1, False, 5]
class Account:
    __count = 0
    def __init__(self, balance):
        self.__balance = balance
        Account.__count += 1
    def __fee(self):
        return 1
    def withdraw(self, n):
        if n + self.__fee() > self.__balance:
            raise ValueError(f"{self.__class__.__name__}: insufficient")
        self.__balance -= n + self.__fee()
        return self.__balance
    @classmethod
    def count(cls):
        return cls.__count
a = Account(10)
out = [a.withdraw(4)]
try:
    a.withdraw(50)
except ValueError as e:
    out.append(str(e))
result = out + [Account.count(), hasattr(a, "balance"), a._Account__balance]
