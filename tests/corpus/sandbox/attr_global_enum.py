# technique: enum.global_enum writes members into sys.modules[...]: guard names included
# expected: rejected
import enum
E = enum.Enum("E", {"<own>": 1, "A": 2})
enum.global_enum(E)
result = "ESCAPED namespace written"
