# technique: sleep(nan), sleep(-1), sleep(inf) must not hang
# expected: harmless
import time
out = []
for value in (-1.0, 0, "1"):
    try:
        time.sleep(value)
        out.append("ok")
    except (ValueError, TypeError, OverflowError):
        out.append("error")
result = out
