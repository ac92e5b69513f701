# technique: a time that carries an own tzinfo object
# expected: rejected
import datetime
class TZ(datetime.tzinfo):
    pass
result = [datetime.time(1, 2, tzinfo=TZ())]
