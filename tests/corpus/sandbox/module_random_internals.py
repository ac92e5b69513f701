# technique: random._urandom, random._inst
# expected: rejected
from random import _inst
result = str(_inst)
