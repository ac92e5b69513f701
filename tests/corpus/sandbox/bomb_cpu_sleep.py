# technique: time.sleep beyond the deadline
# expected: contained: timeout
import time
time.sleep(10 ** 6)
result = "slept"
