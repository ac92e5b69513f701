# technique: private machinery of ExitStack through an own subclass
# expected: harmless
import contextlib
class S(contextlib.ExitStack):
    def go(self):
        return self._exit_callbacks
result = len(S().go())
