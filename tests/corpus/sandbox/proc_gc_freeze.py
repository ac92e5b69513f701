# technique: gc.disable/freeze
# expected: rejected
import gc
gc.disable()
result = "ran"
