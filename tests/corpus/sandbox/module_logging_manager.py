# technique: logger.manager.loggerDict lists the loggers of the host
# expected: rejected
import logging
result = "LEAK:" + str(logging.getLogger("x").manager.loggerDict)
