# technique: a Template subclass with its own pattern only matches text
# expected: harmless
import string
class T(string.Template):
    delimiter = "%"
    idpattern = r"[a-z.]+"
result = T("%a.b %%").substitute({"a.b": 3})
