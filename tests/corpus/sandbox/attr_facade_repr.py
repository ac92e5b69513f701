# technique: repr and str of a module show no path and no address
# expected: harmless
import random
text = repr(random) + str(random) + f"{random}" + "%s" % random
result = "LEAK:" + text if "/" in text or "0x" in text else "ran"
