# technique: Template.substitute asks the mapping only
# expected: harmless
import string
class M(dict):
    def __getitem__(self, k):
        return k.upper()
result = string.Template("$x ${y}").substitute(M())
