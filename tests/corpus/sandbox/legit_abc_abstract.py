# technique: BENIGN - ABC with abstractmethod
# expected: accepted
# expect: [False, [2, 4], 'double', True]
from abc import ABC, abstractmethod
class Model(ABC):
    @abstractmethod
    def predict(self, x): ...
    @property
    @abstractmethod
    def name(self): ...
    def run(self, xs):
        return [self.predict(x) for x in xs]
class Double(Model):
    name = "double"
    def predict(self, x):
        return 2 * x
try:
    Model()
    made = True
except TypeError:
    made = False
result = [made, Double().run([1, 2]), Double().name, isinstance(Double(), Model)]
