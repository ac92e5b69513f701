# technique: seed and setstate of the private generator
# expected: contained: state
import random
random.seed(7)
a = random.random()
random.seed(7)
result = a == random.random()
