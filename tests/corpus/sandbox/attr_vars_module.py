# technique: vars(module) is module.__dict__ without a dunder
# expected: rejected
import random
result = "LEAK:" + str(sorted(vars(random)))[:200]
