# technique: time.tzset
# expected: rejected
import time
time.tzset()
result = "ran"
