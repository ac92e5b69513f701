# technique: __del__ loops when the worker cleans up
# expected: contained: timeout
class A:
    def __del__(self):
        while True:
            pass
a = A()
result = 1
