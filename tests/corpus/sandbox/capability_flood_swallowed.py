# technique: the refusal of the flood is swallowed
# expected: contained: timeout
n = 0
while True:
    try:
        note(1)
    except BaseException:
        pass
    n += 1
