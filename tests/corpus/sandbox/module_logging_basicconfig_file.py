# technique: logging.basicConfig(filename=...)
# expected: harmless
import logging
logging.basicConfig(filename=CANARY + ".log")
logging.warning("x")
result = "ran"
