# technique: BENIGN - ordinary program: dataclass kwonly slots
# expected: accepted
# expect: [['v0.9', 'v1.2', 'v1.10'], 'FrozenInstanceError', {'major': 0, 'minor': 99, 'label': '0.9'}, {'version': {'major': 1, 'minor': 10, 'label': '1.10'}, 'notes': ['a', 'b'], 'size': 2}, (1, 2, '1.2'), ['version', 'notes', 'size'], "Release(version=Version(major=1, minor=10, label='1.10'), size=2)", True, ('major', 'minor', 'label'), ('major', 'minor')]
from dataclasses import KW_ONLY, asdict, astuple, dataclass, field, fields, replace
@dataclass(slots=True, order=True, frozen=True)
class Version:
    major: int
    minor: int = 0
    _: KW_ONLY
    label: str = field(default="", compare=False)
    @classmethod
    def parse(cls, text):
        major, minor = map(int, text.split("."))
        return cls(major, minor, label=text)
    def __str__(self): return f"v{self.major}.{self.minor}"
@dataclass(kw_only=True)
class Release:
    version: Version
    notes: list[str] = field(default_factory=list, repr=False)
    size: int = field(init=False)
    def __post_init__(self):
        self.size = len(self.notes)
vs = sorted(map(Version.parse, ["1.10", "1.2", "0.9"]))
try:
    vs[0].major = 3
except Exception as e:
    err = type(e).__name__
r = Release(version=vs[-1], notes=["a", "b"])
result = [[str(v) for v in vs], err, replace(vs[0], minor=99), asdict(r), astuple(vs[1]), [f.name for f in fields(Release)], repr(r), hash(vs[0]) == hash(Version(0, 9)), Version.__slots__, Version.__match_args__]
