# technique: sleeping in a finally, again and again
# expected: contained: timeout
import time
while True:
    try:
        time.sleep(0.05)
    except BaseException:
        continue
    finally:
        time.sleep(0.05)
