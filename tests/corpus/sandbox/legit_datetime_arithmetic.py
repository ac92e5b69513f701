# technique: BENIGN - strptime, strftime, timedelta arithmetic, weekday, isoformat
# expected: accepted
# expect: ['2024-02-29T00:45:00', '29.02.24 00:45', 29, 2, 1709294400.0, '2024-03-01T14:00:00+02:00', '07:08:09', 1, '05:02:00', '2024-01-01T03:00:00', 129600.0]
from datetime import date, datetime, time, timedelta, timezone
d = datetime.strptime("2024-02-28 23:30:00", "%Y-%m-%d %H:%M:%S")
later = d + timedelta(hours=1, minutes=15)
utc = datetime(2024, 3, 1, 12, tzinfo=timezone.utc)
plus2 = utc.astimezone(timezone(timedelta(hours=2)))
result = [later.isoformat(), later.strftime("%d.%m.%y %H:%M"), (date(2024, 3, 1) - date(2024, 2, 1)).days, d.weekday(), utc.timestamp(),
          plus2.isoformat(), datetime.fromisoformat("2024-05-06T07:08:09").time().isoformat(), date(2024, 12, 31).isocalendar()[1],
          time(1, 2).replace(hour=5).isoformat(), datetime.combine(date(2024, 1, 1), time(3)).isoformat(), timedelta(days=1.5).total_seconds()]
