# technique: LocaleTextCalendar calls setlocale
# expected: rejected
import calendar
result = calendar.LocaleTextCalendar(locale="C").formatmonthname(2024, 1, 10)
