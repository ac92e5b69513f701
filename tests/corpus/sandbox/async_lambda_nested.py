# technique: await in an f-string inside async def
# expected: rejected
async def f(a):
    return f"{await a}"
result = f(1)
