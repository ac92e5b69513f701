# technique: namedtuple fields with interpreter names on own tuples show own data only
# expected: harmless
import collections
P = collections.namedtuple("P", "tb_frame f_globals")
result = P(1, 2)._asdict()
