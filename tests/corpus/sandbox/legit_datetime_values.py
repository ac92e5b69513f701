# technique: BENIGN - datetime values as results
# expected: accepted
# expect: [datetime.datetime(2024, 1, 2, 3, 4, 5, 678, tzinfo=datetime.timezone.utc), datetime.date(2024, 1, 2), datetime.time(3, 4), datetime.timedelta(days=-1, seconds=5)]
import datetime as dt
result = [dt.datetime(2024, 1, 2, 3, 4, 5, 678, tzinfo=dt.timezone.utc), dt.date(2024, 1, 2), dt.time(3, 4), dt.timedelta(days=-1, seconds=5)]
