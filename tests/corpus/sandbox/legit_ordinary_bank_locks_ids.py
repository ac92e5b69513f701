# technique: BENIGN - ordinary program: bank locks ids
# expected: accepted
# expect: [1000, 12, (42, 1), 'x', ["'Account' object has no attribute 'nope'", 'id is read-only', 'no deleting', "'Account' object has no attribute '__balance'"], 12, ['_Account__balance', 'id', 'owner']]
import itertools
class Account:
    _ids = itertools.count(1000)
    __total = 0
    def __init__(self, owner):
        self.id = next(self._ids)
        self.owner = owner
        self.__balance = 0
        Account.__total += 1
    @property
    def balance(self): return self.__balance
    def deposit(self, x):
        if x <= 0: raise ValueError("must be > 0")
        self.__balance += x
        return self
    def __secret(self): return 42
    def reveal(self): return self.__secret(), Account.__total
    def __getattr__(self, name):
        if name.startswith("get_"):
            return lambda: getattr(self, name[4:])
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
    def __setattr__(self, name, value):
        if name == "id" and "id" in self.__dict__:
            raise AttributeError("id is read-only")
        super().__setattr__(name, value)
    def __delattr__(self, name): raise AttributeError("no deleting")
a = Account("x").deposit(5).deposit(7)
errs = []
for f in (lambda: a.nope, lambda: setattr(a, "id", 3), lambda: delattr(a, "owner"), lambda: a.__balance):
    try: f()
    except AttributeError as e: errs.append(str(e))
result = [a.id, a.balance, a.reveal(), a.get_owner(), errs, a._Account__balance, sorted(a.__dict__)]
