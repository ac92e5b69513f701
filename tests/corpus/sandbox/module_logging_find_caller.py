# technique: logger.findCaller() gives the path of the calling file
# expected: rejected
import logging
result = "LEAK:" + str(logging.getLogger().findCaller())
