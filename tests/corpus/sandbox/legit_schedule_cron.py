# technique: BENIGN - date ranges, business days, month arithmetic
# expected: accepted
# expect: [datetime.date(2024, 2, 29), '2024-02-29', 23, ['Mon', 'Tue', 'Wed']]
from calendar import monthrange
from datetime import date, timedelta
def add_months(d, n):
    y, m = divmod(d.year * 12 + d.month - 1 + n, 12)
    return d.replace(year=y, month=m + 1, day=min(d.day, monthrange(y, m + 1)[1]))
def business_days(a, b):
    return sum(1 for i in range((b - a).days) if (a + timedelta(i)).weekday() < 5)
result = [add_months(date(2024, 1, 31), 1), add_months(date(2024, 3, 31), -1).isoformat(), business_days(date(2024, 1, 1), date(2024, 2, 1)), [d.strftime("%a") for d in (date(2024, 5, 6) + timedelta(i) for i in range(3))]]
