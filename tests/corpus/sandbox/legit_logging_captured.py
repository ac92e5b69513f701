# technique: BENIGN - logging calls do not fail
# expected: accepted
# expect: ['__main__', True, False]
import logging
logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)
logger.info("started %s", 3)
logger.debug("hidden")
logging.warning("watch out: %(a)s", {"a": 1})
try:
    1 / 0
except ZeroDivisionError:
    logger.exception("failed")
result = [logger.name, logger.level == logging.INFO, logger.isEnabledFor(logging.DEBUG)]
