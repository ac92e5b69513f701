# technique: BENIGN - __init__ of bases called on the program's own objects
# expected: accepted
# expect: [{'x': 1, 'y': 2, 'name': 'again'}, '{"a": 2, "b": 1}', 'code 3', {1: 2}]
import json
from dataclasses import dataclass
@dataclass
class Point:
    x: int
    y: int = 2
class Named(Point):
    def __init__(self, name):
        Point.__init__(self, 1)
        self.name = name
class Encoder(json.JSONEncoder):
    def __init__(self, **options):
        json.JSONEncoder.__init__(self, **options)
        super().__init__(sort_keys=True)
class Failure(Exception):
    def __init__(self, code):
        Exception.__init__(self, f"code {code}")
class Table(dict):
    def __init__(self, pairs):
        dict.__init__(self, pairs)
class Sub(Named):
    def __init__(self):
        super().__init__("sub")
        getattr(super(), "__init__")("again")
result = [vars(Sub()), Encoder().encode({"b": 1, "a": 2}), str(Failure(3)), dict(Table([(1, 2)]))]
