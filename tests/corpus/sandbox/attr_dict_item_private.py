# technique: private names through self.__dict__ of an own instance are its own data
# expected: harmless
class A:
    def __init__(self):
        self._x = 1
result = A().__dict__["_x"] if True else None
