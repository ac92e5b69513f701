# technique: logging in an endless loop
# expected: contained: output
import logging
while True:
    logging.warning("spam %s", "x" * 10000)
