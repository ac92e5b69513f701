# technique: contextlib.asynccontextmanager
# expected: rejected
import contextlib
@contextlib.asynccontextmanager
async def f():
    yield 1
result = "ran"
