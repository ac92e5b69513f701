# technique: calendar.main parses sys.argv
# expected: rejected
import calendar
calendar.main(["-h"])
result = "ran"
