# technique: _member_map_ of a library enum is a live dict
# expected: rejected
import re
re.RegexFlag._member_map_["IGNORECASE"] = 0
result = "ran"
