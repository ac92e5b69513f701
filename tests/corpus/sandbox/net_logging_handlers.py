# technique: logging.handlers.SocketHandler
# expected: rejected
import logging.handlers
h = logging.handlers.SocketHandler("127.0.0.1", 9)
result = "ESCAPED"
