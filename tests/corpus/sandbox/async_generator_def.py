# technique: an async generator
# expected: rejected
async def g():
    yield 1
result = g()
