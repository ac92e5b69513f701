# technique: BENIGN - ordinary program: task scheduler heap
# expected: accepted
# expect: [6, [(0, 'a'), (1, 'b'), (3, 'a'), (3, 'b'), (5, 'b'), (6, 'a')]]
import heapq
import itertools
class Scheduler:
    def __init__(self):
        self._queue = []
        self._counter = itertools.count()
        self.log = []
    def at(self, time, action, *args, priority=0):
        heapq.heappush(self._queue, (time, priority, next(self._counter), action, args))
    def run(self, until=float("inf")):
        now = 0
        while self._queue and self._queue[0][0] <= until:
            now, _, _, action, args = heapq.heappop(self._queue)
            action(now, *args)
        return now
s = Scheduler()
def tick(now, name, every):
    s.log.append((now, name))
    s.at(now + every, tick, name, every)
s.at(0, tick, "a", 3)
s.at(1, tick, "b", 2)
end = s.run(until=6)
result = [end, s.log]
