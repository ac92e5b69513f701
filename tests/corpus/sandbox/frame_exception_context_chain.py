# technique: e.__context__.__traceback__
# expected: rejected
try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError(1)
except ValueError as e:
    result = "ESCAPED " + str(e.__context__.__traceback__)
