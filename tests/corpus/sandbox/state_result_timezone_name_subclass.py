# technique: a timezone whose name is a str subclass crosses as plain text or not at all
# expected: harmless
import datetime
class S(str):
    def __str__(self):
        return "ESCAPED"
result = datetime.timezone(datetime.timedelta(hours=1), S("N"))
