# technique: __globals__ of a library function, name joined
# expected: rejected
import textwrap
result = "LEAK:" + str(len(getattr(textwrap.wrap, "".join(["__glo", "bals__"]))))
