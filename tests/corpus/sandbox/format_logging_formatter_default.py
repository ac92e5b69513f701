# technique: logging.Formatter and StrFormatStyle
# expected: rejected
import logging
result = logging.StrFormatStyle("{0.__class__}")
