# technique: statistics.itemgetter is public, statistics.random._os behind
# expected: rejected
import statistics
result = str(statistics.random)
