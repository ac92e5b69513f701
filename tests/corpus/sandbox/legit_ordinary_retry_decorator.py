# technique: BENIGN - ordinary program: retry decorator
# expected: accepted
# expect: [42, ['1: no 1', '2: no 2'], 'flaky', 'May fail.', "ZeroDivisionError('division by zero')", ['1: division by zero', '2: division by zero']]
import functools, time, logging
def retry(times=3, *, exceptions=(Exception,), delay=0.0, backoff=2):
    def decorate(fn):
        @functools.wraps(fn)
        def wrapper(*args, **kwargs):
            wait = delay
            for attempt in range(1, times + 1):
                try:
                    return fn(*args, **kwargs)
                except exceptions as exc:
                    wrapper.failures.append(f"{attempt}: {exc}")
                    if attempt == times:
                        raise
                    time.sleep(wait)
                    wait *= backoff
        wrapper.failures = []
        return wrapper
    return decorate
calls = 0
@retry(times=3, exceptions=(ValueError, KeyError), delay=0.001)
def flaky(x):
    """May fail."""
    global calls
    calls += 1
    if calls < 3:
        raise ValueError(f"no {calls}")
    return x * 2
@retry(times=2, exceptions=ZeroDivisionError)
def always():
    return 1 / 0
try:
    always()
except ZeroDivisionError as e:
    last = repr(e)
result = [flaky(21), flaky.failures, flaky.__name__, flaky.__doc__, last, always.failures]
