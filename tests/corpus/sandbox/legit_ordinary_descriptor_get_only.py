# technique: BENIGN - ordinary program: descriptor get only
# expected: accepted
# expect: [12, 12, 1]
class cached:
    def __init__(self, func):
        self.func = func
        self.name = func.__name__
    def __get__(self, obj, owner):
        if obj is None:
            return self
        value = self.func(obj)
        obj.__dict__[self.name] = value
        return value
class Circle:
    def __init__(self, r):
        self.r = r
        self.calls = 0
    @cached
    def area(self):
        self.calls += 1
        return 3 * self.r ** 2
c = Circle(2)
result = [c.area, c.area, c.calls]
