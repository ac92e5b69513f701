# technique: logging.FileHandler writes a file
# expected: rejected
import logging
logging.getLogger().addHandler(logging.FileHandler(CANARY + ".log"))
logging.warning("x")
result = "ESCAPED wrote a file"
