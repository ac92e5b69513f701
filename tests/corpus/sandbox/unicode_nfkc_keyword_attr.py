# technique: a private attribute with a long-s ligature
# expected: rejected
import random
result = random._oſ
