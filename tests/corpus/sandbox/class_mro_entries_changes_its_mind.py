# technique: __mro_entries__ in an instance that answers once for the guard and once for Python
# expected: rejected
from types import GenericAlias, SimpleNamespace
asked = []
def entries(bases):
    asked.append(1)
    return (object,) if len(asked) == 1 else (GenericAlias,)
class G(SimpleNamespace(**{"__mro_entries__": entries})):
    pass
read = G(object, ()).__dict__["__getattri" + "bute__"]
result = "ESCAPED " + str(read((i for i in ()), "gi_" + "frame"))
