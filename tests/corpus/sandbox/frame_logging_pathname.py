# technique: a log line must not carry paths of the host
# expected: harmless
import logging
logging.basicConfig(format="%(pathname)s %(filename)s %(process)d %(message)s")
logging.warning("hello")
result = "ran"
