# technique: hashlib.__get_builtin_constructor
# expected: rejected
import hashlib
result = str(hashlib._hashlib)
