# technique: BENIGN - descriptors of the program's own, called by Python and by name
# expected: accepted
# expect: [4, 4, 8, [3, 4]]
from functools import cached_property
class Positive:
    def __init__(self, name):
        self.name = name
    def __get__(self, instance, owner):
        return self if instance is None else vars(instance)["_" + self.name]
    def __set__(self, instance, value):
        if value <= 0:
            raise ValueError(self.name)
        vars(instance)["_" + self.name] = value
class Logged(Positive):
    def __set__(self, instance, value):
        log.append(value)
        super().__set__(instance, value)
class Twice(cached_property):
    pass
class Item:
    price = Logged("price")
    @Twice
    def double(self):
        return self.price * 2
log = []
item = Item()
item.price = 3
Item.price.__set__(item, 4)
result = [item.price, Item.price.__get__(item, Item), item.double, log]
