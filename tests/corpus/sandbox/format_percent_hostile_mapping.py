# technique: %(name)s calls the __getitem__ of the mapping, nothing else
# expected: harmless
class M(dict):
    def __getitem__(self, k):
        return "<" + k + ">"
result = "%(__class__)s %(a)s" % M()
