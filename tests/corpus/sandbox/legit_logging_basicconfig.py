# technique: BENIGN - logging.basicConfig as LLM code writes it
# expected: accepted
# expect: 'ERROR'
import logging
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
log = logging.getLogger("app")
log.info("x")
result = logging.getLevelName(logging.ERROR)
