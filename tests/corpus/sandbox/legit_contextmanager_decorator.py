# technique: BENIGN - contextlib.contextmanager with cleanup, ExitStack, nullcontext, closing
# expected: accepted
# expect: [['<a', 'A5', 'a>', '<b', "error 'k'", 'b>', '<c', '<d', 'callback', 'd>', 'c>', 'closed'], ['C', 'D']]
from contextlib import ExitStack, closing, contextmanager, nullcontext
log = []
@contextmanager
def tag(name, swallow=False):
    log.append("<" + name)
    try:
        yield name.upper()
    except KeyError as e:
        log.append("error " + str(e))
        if not swallow:
            raise
    finally:
        log.append(name + ">")
with tag("a") as a, nullcontext(5) as n:
    log.append(a + str(n))
with tag("b", swallow=True):
    raise KeyError("k")
with ExitStack() as stack:
    names = [stack.enter_context(tag(x)) for x in "cd"]
    stack.callback(log.append, "callback")
class Res:
    def close(self):
        log.append("closed")
with closing(Res()):
    pass
result = [log, names]
