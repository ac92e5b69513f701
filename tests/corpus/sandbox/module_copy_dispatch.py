# technique: copy._deepcopy_dispatch is a live table
# expected: rejected
import copy
copy._deepcopy_dispatch[int] = lambda x, memo: 5
result = copy.deepcopy(1)
