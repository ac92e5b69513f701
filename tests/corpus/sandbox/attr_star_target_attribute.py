# technique: starred unpacking into an attribute of a module
# expected: rejected
import string
a, *string.digits = [1, 2, 3]
result = "ESCAPED" if string.digits == [2, 3] else "ran"
