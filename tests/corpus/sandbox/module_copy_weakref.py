# technique: copy.weakref / copy.types / copy.dispatch_table
# expected: rejected
import copy
result = str(copy.dispatch_table)
