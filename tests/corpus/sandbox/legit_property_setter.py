# technique: BENIGN - property with setter, deleter and validation
# expected: accepted
# expect: [212.0, 'below absolute zero', 0.0, 5.0]
class Temp:
    def __init__(self, c=0.0):
        self._c = c
    @property
    def celsius(self):
        return self._c
    @celsius.setter
    def celsius(self, v):
        if v < -273.15:
            raise ValueError("below absolute zero")
        self._c = v
    @celsius.deleter
    def celsius(self):
        self._c = 0.0
    @property
    def fahrenheit(self):
        return self._c * 9 / 5 + 32
t = Temp()
t.celsius = 100
out = [t.fahrenheit]
try:
    t.celsius = -300
except ValueError as e:
    out.append(str(e))
del t.celsius
out.append(t.celsius)
t.celsius += 5
out.append(t.celsius)
result = out
