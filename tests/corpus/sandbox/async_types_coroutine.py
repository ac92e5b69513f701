# technique: types.coroutine makes a coroutine of a generator
# expected: rejected
import types
@types.coroutine
def f():
    yield 1
result = str(f().gi_code)
