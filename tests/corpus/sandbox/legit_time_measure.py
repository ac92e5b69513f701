# technique: BENIGN - time.perf_counter, monotonic, strftime, short sleep
# expected: accepted
# expect: [True, True, '1970', True]
import time
t0 = time.perf_counter()
time.sleep(0.01)
dt = time.perf_counter() - t0
result = [0.005 < dt < 5, time.monotonic() > 0, time.strftime("%Y", time.gmtime(0)), isinstance(time.time_ns(), int)]
