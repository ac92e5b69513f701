# technique: print in an endless loop
# expected: contained: output
while True:
    print("spam " * 1000)
