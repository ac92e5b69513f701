# technique: itertools.tee keeps everything
# expected: contained: memory
import itertools
a, b = itertools.tee(itertools.count())
for x in a:
    pass
