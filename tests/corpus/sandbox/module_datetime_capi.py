# technique: datetime.datetime_CAPI
# expected: rejected
import datetime
result = str(datetime.datetime_CAPI)
