# technique: deque growth
# expected: contained: memory
import collections
q = collections.deque()
while True:
    q.extend([0] * 10000)
