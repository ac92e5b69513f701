# technique: logging arguments are %-formatted with plain conversions
# expected: harmless
import logging
logging.warning("%(a)s", {"a": 1})
result = "ran"
