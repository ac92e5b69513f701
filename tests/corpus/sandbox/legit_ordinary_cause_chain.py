# technique: BENIGN - ordinary program: cause chain
# expected: accepted
# expect: ['StepError(2)', 'StepError(1)', 'StepError(0)', "KeyError('root')"]
class StepError(Exception):
    pass
def run(n):
    try:
        if n == 0:
            raise KeyError("root")
        run(n - 1)
    except Exception as e:
        raise StepError(n) from e
try:
    run(2)
except StepError as err:
    chain = []
    while err is not None:
        chain.append(f"{type(err).__name__}({err})")
        err = err.__cause__
result = chain
