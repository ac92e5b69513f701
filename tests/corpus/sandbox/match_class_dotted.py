# technique: the class of a pattern is an attribute chain
# expected: rejected
import random
match 1:
    case random._os.PathLike():
        result = "ran"
    case _:
        result = "other"
