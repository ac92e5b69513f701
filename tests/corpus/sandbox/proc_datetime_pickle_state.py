# technique: datetime(b"...") builds impossible dates
# expected: harmless
import datetime
try:
    d = datetime.date(b"\xff\xff\x0c\xff")
    result = "made"
except (TypeError, ValueError):
    result = "refused"
