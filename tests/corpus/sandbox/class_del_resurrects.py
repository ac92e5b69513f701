# technique: __del__ that resurrects is gone with the worker
# expected: harmless
kept = []
class A:
    def __del__(self):
        kept.append(self)
a = A()
del a
result = len(kept)
