# technique: copy and deepcopy of what stands for a module
# expected: harmless
import copy
import math
result = copy.deepcopy(math).floor(2.5) if True else 0
