# technique: BENIGN - Flag: combination, membership, names
# expected: accepted
# expect: [True, False, True, 3, 6, False]
from enum import Flag, auto
class Perm(Flag):
    READ = auto()
    WRITE = auto()
    EXEC = auto()
    ALL = READ | WRITE | EXEC
p = Perm.READ | Perm.WRITE
result = [Perm.READ in p, Perm.EXEC in p, (p & Perm.WRITE) == Perm.WRITE, p.value, (Perm.ALL ^ Perm.READ).value, bool(p & Perm.EXEC)]
