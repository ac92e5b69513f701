# technique: StreamHandler().stream is a real file object
# expected: rejected
import logging
result = "LEAK:" + str(logging.StreamHandler().stream.buffer)
