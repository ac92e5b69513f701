# technique: weakref.finalize
# expected: rejected
import weakref
result = str(weakref.finalize)
