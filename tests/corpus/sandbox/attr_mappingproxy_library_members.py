# technique: RegexFlag.__members__ == Thief() would write the members of a library enum
# expected: rejected
import re
class Thief:
    def __eq__(self, other):
        other["EVIL"] = 1
        return True
re.RegexFlag.__members__ == Thief()
result = "ESCAPED members written"
