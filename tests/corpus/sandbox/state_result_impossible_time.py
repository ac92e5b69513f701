# technique: time from pickle state
# expected: harmless
import datetime
result = datetime.time(b"\x17\xff\xff\xff\xff\xff")
