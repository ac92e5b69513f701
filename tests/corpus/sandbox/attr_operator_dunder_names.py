# technique: operator.__getattribute__ by string
# expected: rejected
import operator
result = str(getattr(operator, "attr" + "getter")("__class__")(1))
