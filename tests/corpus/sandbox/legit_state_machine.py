# technique: BENIGN - a finite state machine with dict transitions
# expected: accepted
# expect: [[1, 3, 'cannot pause while idle'], [('idle', 'running'), ('running', 'paused'), ('paused', 'running'), ('running', 'idle')]]
TRANSITIONS = {("idle", "start"): "running", ("running", "pause"): "paused", ("paused", "start"): "running", ("running", "stop"): "idle"}
class Machine:
    def __init__(self):
        self.state, self.history = "idle", []
        self._hooks = {}
    def on(self, state):
        def deco(fn):
            self._hooks.setdefault(state, []).append(fn)
            return fn
        return deco
    def send(self, event):
        new = TRANSITIONS.get((self.state, event))
        if new is None:
            raise ValueError(f"cannot {event} while {self.state}")
        self.history.append((self.state, new))
        self.state = new
        for fn in self._hooks.get(new, ()):
            fn(self)
m = Machine()
seen = []
@m.on("running")
def entered(machine):
    seen.append(len(machine.history))
for e in ("start", "pause", "start", "stop"):
    m.send(e)
try:
    m.send("pause")
except ValueError as err:
    seen.append(str(err))
result = [seen, m.history]
