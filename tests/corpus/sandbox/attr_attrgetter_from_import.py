# technique: from operator import attrgetter
# expected: rejected
from operator import attrgetter as pick
result = pick("__class__.__mro__")(1)
