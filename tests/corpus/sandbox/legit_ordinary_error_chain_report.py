# technique: BENIGN - ordinary program: error chain report
# expected: accepted
# expect: [['AppError: request failed', 'NotFound: no a', "KeyError: 'a'"], ({'key': 'a'}, 404, 500), 'ValueError', ['while loading']]
class AppError(Exception):
    code = 500
    def __init__(self, message, *, details=None):
        super().__init__(message)
        self.details = details or {}
class NotFound(AppError):
    code = 404
def fetch(db, key):
    try:
        return db[key]
    except KeyError as exc:
        raise NotFound(f"no {key}", details={"key": key}) from exc
def chain(exc):
    out = []
    while exc:
        out.append(f"{type(exc).__name__}: {exc}")
        exc = exc.__cause__ or (None if exc.__suppress_context__ else exc.__context__)
    return out
try:
    try:
        fetch({}, "a")
    except NotFound as e:
        e.add_note("while loading")
        notes = e.__notes__
        raise AppError("request failed") from e
except AppError as e:
    found = chain(e)
    inner = e.__cause__.details, e.__cause__.code, e.code
try:
    try:
        int("x")
    finally:
        raise RuntimeError("second")
except RuntimeError as e:
    ctx = type(e.__context__).__name__
result = [found, inner, ctx, notes]
