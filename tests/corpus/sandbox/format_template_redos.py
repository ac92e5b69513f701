# technique: a Template subclass brings its own pattern: catastrophic backtracking
# expected: contained: timeout
import string
class T(string.Template):
    pattern = r"(?P<escaped>z)|(?P<named>(?:a+)+b)|(?P<braced>y)|(?P<invalid>x)"
result = T("a" * 64).safe_substitute({})
