# technique: from collections import abc as a; a._sys
# expected: rejected
from collections import abc
result = str(abc._collections_abc)
