# technique: logging.getLogger().handlers[0].stream
# expected: rejected
import logging
result = "LEAK:" + str(logging.getLogger().handlers[0].stream.buffer.raw)
