# technique: heapq._heappop_max is harmless, the rule is the rule
# expected: rejected
import heapq
result = heapq._heappop_max([1])
