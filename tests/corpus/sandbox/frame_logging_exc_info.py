# technique: a logging filter receives a record with exc_info and pathname
# expected: rejected
import logging
seen = []
class F(logging.Filter):
    def filter(self, record):
        seen.append(record.exc_info[2].tb_frame)
        return True
logging.getLogger().addFilter(F())
try:
    1 / 0
except ZeroDivisionError:
    logging.exception("x")
result = "ESCAPED " + str(seen)
