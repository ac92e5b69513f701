# technique: BENIGN - ordinary program: queue simulation
# expected: accepted
# expect: [(0.28274, 1.718055), True, True]
import random, heapq
def simulate(seed, customers=50, servers=2):
    rng = random.Random(seed)
    t, free, waits = 0.0, [0.0] * servers, []
    heapq.heapify(free)
    for _ in range(customers):
        t += rng.expovariate(1.0)
        ready = heapq.heappop(free)
        start = max(t, ready)
        waits.append(start - t)
        heapq.heappush(free, start + rng.uniform(0.5, 2.5))
    return round(sum(waits) / len(waits), 6), round(max(waits), 6)
result = [simulate(1), simulate(1) == simulate(1), simulate(2) != simulate(1)]
