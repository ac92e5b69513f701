# technique: a loop in a class body, a default argument, a decorator
# expected: contained: timeout
class A:
    while True:
        pass
