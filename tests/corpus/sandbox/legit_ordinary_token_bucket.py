# technique: BENIGN - ordinary program: token bucket
# expected: accepted
# expect: [[True, True, True, False, True, True, False], True]
import time
class Bucket:
    def __init__(self, rate, capacity, clock=time.monotonic):
        self.rate, self.capacity, self.clock = rate, capacity, clock
        self._tokens, self._last = capacity, clock()
    def allow(self, cost=1):
        now = self.clock()
        self._tokens = min(self.capacity, self._tokens + (now - self._last) * self.rate)
        self._last = now
        if self._tokens >= cost:
            self._tokens -= cost
            return True
        return False
class FakeClock:
    def __init__(self): self.t = 0.0
    def __call__(self): return self.t
    def advance(self, dt): self.t += dt
clock = FakeClock()
b = Bucket(1, 3, clock)
out = [b.allow() for _ in range(4)]
clock.advance(2)
out += [b.allow(), b.allow(), b.allow()]
real = Bucket(1000, 1)
result = [out, real.allow()]
