# technique: a mapping key may be a dotted name
# expected: rejected
import json
match {}:
    case {json.codecs.BOM: v}:
        result = "ran"
    case _:
        result = "other"
