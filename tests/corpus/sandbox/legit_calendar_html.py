# technique: BENIGN - calendar and html helpers
# expected: accepted
# expect: [29, False, 'Monday', '&lt;a &amp; &#x27;b&#x27;&gt;', 'é!', [0, 0, 1]]
import calendar
import html
result = [calendar.monthrange(2024, 2)[1], calendar.isleap(2100), calendar.day_name[0], html.escape("<a & 'b'>"), html.unescape("&eacute;&#33;"), list(calendar.Calendar().itermonthdays(2023, 2))[:3]]
