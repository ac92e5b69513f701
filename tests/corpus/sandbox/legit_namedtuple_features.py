# technique: BENIGN - namedtuple with defaults, _replace, _asdict, _make, unpacking
# expected: accepted
# expect: [{'x': 1, 'y': 2, 'z': 9}, (0, 1, 2), ('x', 'y', 'z'), True, [2, 0], 2, {'z': 0}, 'P(x=1, y=2, z=0)']
from collections import namedtuple
P = namedtuple("P", ["x", "y", "z"], defaults=[0])
p = P(1, 2)
x, *rest = p
result = [p._replace(z=9)._asdict(), P._make(range(3)), P._fields, p == (1, 2, 0), rest, p.y, P._field_defaults, repr(p)]
