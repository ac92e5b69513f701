# technique: BENIGN - exception hierarchy, chaining with raise from, __cause__ text
# expected: accepted
# expect: [1, ('[404] no b', {'key': 'b'}, ('no b',), 'NotFound', False)]
class AppError(Exception):
    code = 1
    def __init__(self, message, **context):
        super().__init__(message)
        self.context = context
    def __str__(self):
        return f"[{self.code}] {super().__str__()}"
class NotFound(AppError):
    code = 404
def load(key):
    try:
        return {"a": 1}[key]
    except KeyError as e:
        raise NotFound(f"no {key}", key=key) from e
out = []
for k in "ab":
    try:
        out.append(load(k))
    except AppError as e:
        out.append((str(e), e.context, e.args, type(e).__name__, isinstance(e, LookupError)))
result = out
