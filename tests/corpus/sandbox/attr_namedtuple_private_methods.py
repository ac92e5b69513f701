# technique: _replace, _asdict, _make, _fields belong to everybody
# expected: harmless
import collections
P = collections.namedtuple("P", "x y")
result = [P(1, 2)._replace(x=3)._asdict(), P._make([4, 5])._fields]
