# technique: logging.os
# expected: rejected
import logging
result = logging.os.environ["CANARY_TOKEN"]
