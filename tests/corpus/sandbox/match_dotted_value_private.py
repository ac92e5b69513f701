# technique: a value pattern reads an attribute: case random._os
# expected: rejected
import random
match 1:
    case random._os.name:
        result = "ran"
    case _:
        result = "other"
