# technique: the exception of the flood is swallowed
# expected: contained: output
while True:
    try:
        print("spam " * 10000)
    except BaseException:
        pass
