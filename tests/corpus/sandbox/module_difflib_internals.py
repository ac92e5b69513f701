# technique: difflib._test, difflib.re
# expected: rejected
import difflib
result = str(difflib.re)
