# technique: BENIGN - ordinary program: traffic state machine
# expected: accepted
# expect: ['DONE', [1, 3], ("'start' not allowed in RUNNING", True, None, True), ('RUNNING', 'finish', 'DONE')]
from enum import Enum, auto
class State(Enum):
    IDLE = auto()
    RUNNING = auto()
    PAUSED = auto()
    DONE = auto()
class BadTransition(Exception):
    def __init__(self, state, event):
        super().__init__(f"{event!r} not allowed in {state.name}")
        self.state, self.event = state, event
class Machine:
    TABLE = {
        (State.IDLE, "start"): State.RUNNING,
        (State.RUNNING, "pause"): State.PAUSED,
        (State.PAUSED, "resume"): State.RUNNING,
        (State.RUNNING, "finish"): State.DONE,
    }
    def __init__(self):
        self.state, self.history, self._hooks = State.IDLE, [], {}
    def on(self, state):
        def register(fn):
            self._hooks.setdefault(state, []).append(fn)
            return fn
        return register
    def fire(self, event):
        try:
            target = self.TABLE[self.state, event]
        except KeyError:
            raise BadTransition(self.state, event) from None
        self.history.append((self.state.name, event, target.name))
        self.state = target
        for hook in self._hooks.get(target, ()):
            hook(self)
        return self
m = Machine()
seen = []
@m.on(State.RUNNING)
def _(machine):
    seen.append(len(machine.history))
m.fire("start").fire("pause").fire("resume")
try:
    m.fire("start")
except BadTransition as e:
    err = (str(e), e.state is State.RUNNING, e.__cause__, e.__suppress_context__)
m.fire("finish")
result = [m.state.name, seen, err, m.history[-1]]
