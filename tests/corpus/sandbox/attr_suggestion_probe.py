# technique: messages of AttributeError must not suggest private names of the host
# expected: harmless
import random
try:
    random.oss
except AttributeError as e:
    text = str(e)
    result = "LEAK:" + text if "_os" in text else "ran"
