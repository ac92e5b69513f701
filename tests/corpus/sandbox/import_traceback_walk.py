# technique: traceback.walk_stack
# expected: rejected
import traceback
result = "ESCAPED " + str(list(traceback.walk_stack(None)))
