# technique: granted functions as decorator, default and key
# expected: harmless
@(lambda f: f)
def f(get=lookup):
    return get("a")
result = f()
