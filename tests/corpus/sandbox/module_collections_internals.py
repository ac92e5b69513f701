# technique: collections._sys, collections._chain
# expected: rejected
import collections
result = str(collections._sys)
