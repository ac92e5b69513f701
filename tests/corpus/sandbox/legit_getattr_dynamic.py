# technique: BENIGN - getattr/setattr/hasattr/delattr with ordinary names
# expected: accepted
# expect: ['started', 'stopped 3', 'no x', 1, False, True, 'ABC', ['alpha', 'dispatch', 'on_start', 'on_stop']]
class Handler:
    def on_start(self):
        return "started"
    def on_stop(self, code=0):
        return f"stopped {code}"
    def dispatch(self, event, *a):
        fn = getattr(self, "on_" + event, None)
        return fn(*a) if callable(fn) else f"no {event}"
h = Handler()
for name, v in {"alpha": 1, "beta": 2}.items():
    setattr(h, name, v)
delattr(h, "beta")
result = [h.dispatch("start"), h.dispatch("stop", 3), h.dispatch("x"), h.alpha, hasattr(h, "beta"), hasattr("s", "upper"), getattr("abc", "upper")(), [n for n in dir(h) if not n.startswith("_")]]
