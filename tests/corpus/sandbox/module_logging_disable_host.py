# technique: logging.disable in the program
# expected: contained: state
import logging
try:
    logging.disable(logging.CRITICAL)
except BaseException:
    pass
result = 1
