# technique: BENIGN - ordinary program: date ranges
# expected: accepted
# expect: [datetime.date(2024, 3, 31), 22, [datetime.datetime(2024, 5, 6, 0, 0), datetime.datetime(2024, 5, 6, 0, 0), datetime.datetime(2024, 5, 6, 0, 0), datetime.datetime(2024, 5, 6, 0, 0), datetime.datetime(2024, 5, 6, 1, 2, 3), None], datetime.date(2024, 2, 29), 1, '2024-01-01T00:00:00+05:30', 'Tuesday 02 January 2024 03:04 AM', '1 day, 1:01:01', 1970, None, 4]
import calendar
from datetime import date, datetime, time, timedelta, timezone
def easter(y):
    a, b, c = y % 19, y // 100, y % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l) // 451
    month, day = divmod(h + l - 7 * m + 114, 31)
    return date(y, month, day + 1)
def business_days(a, b, holidays=frozenset()):
    return sum(1 for n in range((b - a).days) if (d := a + timedelta(n)).weekday() < 5 and d not in holidays)
def parse_any(s):
    for f in ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%y", "%b %d, %Y", "%Y%m%dT%H%M%S"):
        try:
            return datetime.strptime(s, f)
        except ValueError:
            pass
    return None
def add_months(d, n):
    y, m = divmod(d.year * 12 + d.month - 1 + n, 12)
    return d.replace(year=y, month=m + 1, day=min(d.day, calendar.monthrange(y, m + 1)[1]))
result = [easter(2024), business_days(date(2024, 1, 1), date(2024, 2, 1), {date(2024, 1, 1)}), [parse_any(s) for s in ("2024-05-06", "06.05.2024", "05/06/24", "May 06, 2024", "20240506T010203", "?")], add_months(date(2024, 1, 31), 1), date(2024, 12, 30).isocalendar()[1], datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))).isoformat(), datetime.combine(date(2024, 1, 2), time(3, 4)).strftime("%A %d %B %Y %I:%M %p"), str(timedelta(days=1, seconds=3661)), datetime.fromtimestamp(0, tz=timezone.utc).year, date.fromisoformat("2024-02-29").replace(year=2023) if False else None, (datetime(2024, 3, 1) - datetime(2024, 2, 1)) // timedelta(days=7)]
