# technique: Enum._convert_ makes members of the globals of any module
# expected: rejected
import enum
E = enum.Enum._convert_("E", "os", filter=lambda n: n == "environ")
result = "ESCAPED " + str(E)
