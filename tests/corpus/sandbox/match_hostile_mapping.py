# technique: __getitem__/keys/get of a mapping of ours run during the match only
# expected: harmless
import collections.abc
class M(collections.abc.Mapping):
    def __getitem__(self, k):
        return k * 2
    def __iter__(self):
        return iter("ab")
    def __len__(self):
        return 2
match M():
    case {"a": x}:
        result = x
