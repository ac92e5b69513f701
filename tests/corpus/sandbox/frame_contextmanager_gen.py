# technique: _GeneratorContextManager.gen.gi_frame
# expected: rejected
import contextlib
@contextlib.contextmanager
def cm():
    yield 1
result = "ESCAPED " + str(cm().gen.gi_frame)
