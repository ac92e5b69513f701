# technique: an own subclass of a library class reaches the private names of the library by inheritance
# expected: harmless
import random
class R(random.Random):
    def go(self):
        return self._randbelow(1)
result = R(1).go()
