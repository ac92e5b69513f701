# technique: object.__new__ of library classes leaves uninitialised C fields
# expected: harmless
import fractions
import random
import datetime
out = []
for cls in (fractions.Fraction, random.Random, datetime.datetime, dict, list, str, int, set, bytes):
    try:
        out.append(repr(cls.__new__(cls))[:1])
    except (TypeError, AttributeError):
        out.append("no")
result = len(out)
