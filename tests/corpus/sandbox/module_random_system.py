# technique: random.SystemRandom
# expected: rejected
import random
result = random.SystemRandom().random() > 0
