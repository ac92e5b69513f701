# technique: BENIGN - ordinary program: time struct
# expected: accepted
# expect: ['02/01/2024', 2024, 2, 1970]
import time
t = time.strptime("2024-01-02 03:04:05", "%Y-%m-%d %H:%M:%S")
result = [time.strftime("%d/%m/%Y", t), t.tm_year, t.tm_yday, time.gmtime(0).tm_year]
