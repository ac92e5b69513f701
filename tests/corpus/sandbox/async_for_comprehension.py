# technique: async comprehension inside async def
# expected: rejected
async def f(a):
    return [x async for x in a]
result = "ran"
