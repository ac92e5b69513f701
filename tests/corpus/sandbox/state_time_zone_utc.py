# technique: local time inside is UTC
# expected: harmless
import time
import datetime
result = [time.timezone, datetime.datetime.fromtimestamp(0).hour]
