# technique: logging.makeLogRecord writes any instance dict
# expected: rejected
import logging
r = logging.makeLogRecord({"__reduce_ex__": 1})
result = "LEAK:" + r.pathname
