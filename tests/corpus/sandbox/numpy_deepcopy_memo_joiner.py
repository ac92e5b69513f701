# technique: the memo of deepcopy keeps the real r_, which evaluates names
# expected: harmless
# modules: numpy
import copy
import numpy as np
memo = {}
copy.deepcopy(np.r_, memo)
kept = [x for x in memo.get(id(memo), []) if hasattr(x, "makemat")]
result = "ESCAPED " + str(kept[0]["__builtins__"]) if kept else "ran"
