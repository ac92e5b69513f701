# technique: itertools.cycle over an endless generator keeps a copy
# expected: contained: memory
import itertools
for x in itertools.cycle(itertools.count()):
    pass
