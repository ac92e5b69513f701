# technique: what the first run leaves is not there in the second
# expected: contained: state
import random
import string
class A:
    count = 0
A.count += 1
result = A.count
