# technique: a datetime that carries an own tzinfo object
# expected: rejected
import datetime
class TZ(datetime.tzinfo):
    def utcoffset(self, dt):
        return datetime.timedelta(0)
    def tzname(self, dt):
        return "X"
    def dst(self, dt):
        return None
result = datetime.datetime(2024, 1, 1, tzinfo=TZ())
