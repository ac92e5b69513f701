# technique: dates from pickle state: the host must not choke on year 65535
# expected: harmless
import datetime
result = datetime.date(b"\xff\xff\x01\xff")
