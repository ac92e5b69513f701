# technique: wraps(module) copies the attributes of what stands for a module into an object of ours
# expected: harmless
import functools
import random
class Bag:
    pass
bag = functools.wraps(random)(Bag())
names = [n for n in vars(bag) if not n.startswith("__")]
result = "LEAK:" + str(names) if names else "ran"
