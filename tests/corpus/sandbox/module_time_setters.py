# technique: time.clock_settime / tzset / pthread_getcpuclockid
# expected: rejected
import time
time.clock_settime(time.CLOCK_REALTIME, 0)
result = "ESCAPED"
