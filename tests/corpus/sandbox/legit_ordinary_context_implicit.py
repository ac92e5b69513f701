# technique: BENIGN - ordinary program: context implicit
# expected: accepted
# expect: ["KeyError('k')", "ZeroDivisionError('division by zero')", None, ('k',)]
try:
    try:
        1 / 0
    except ZeroDivisionError:
        {}["k"]
except KeyError as e:
    result = [repr(e), repr(e.__context__), e.__cause__, e.args]
