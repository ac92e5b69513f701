# technique: SystemExit in __del__
# expected: harmless
class A:
    def __del__(self):
        raise SystemExit(3)
a = A()
del a
result = "ran"
