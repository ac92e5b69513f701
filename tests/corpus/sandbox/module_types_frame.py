# technique: types.FrameType, types.TracebackType
# expected: rejected
from types import TracebackType
result = "ESCAPED " + str(TracebackType)
