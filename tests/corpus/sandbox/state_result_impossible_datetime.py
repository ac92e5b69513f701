# technique: datetime from pickle state: hour 255, second 255
# expected: harmless
import datetime
result = datetime.datetime(b"\x07\xe8\x02\x1f\xff\xff\xff\xff\xff\xff")
