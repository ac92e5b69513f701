# technique: class names with a line break through the functional Enum
# expected: contained: error
import enum
E = enum.Enum("ValueError: fine\n  done \x1b[32m", {"A": 1}, type=object)
raise TypeError(E)
