# technique: dataclasses.fields(...)[0].name = "..." makes replace/asdict read any attribute
# expected: rejected
import dataclasses
@dataclasses.dataclass
class A:
    x: object = 0
    def __init__(self, **kw):
        A.kw = kw
f = dataclasses.fields(A)[0]
f.name = "__reduce_ex__"
dataclasses.replace(A())
result = "ESCAPED " + str(sorted(A.kw))
