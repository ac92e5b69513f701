# technique: partial.func/args/keywords are what we put in
# expected: harmless
import functools
p = functools.partial(int, "12", base=3)
result = [p.func is int, p.args, p.keywords, p()]
