# technique: super(S, s).format
# expected: rejected
import random
class S(str):
    pass
result = "ESCAPED " + super(S, S("{0.__class__}")).format(random)
