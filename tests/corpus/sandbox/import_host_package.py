# technique: the sandbox's own package is loaded in the worker
# expected: rejected
import dana_sandbox.guards
result = "ESCAPED " + str(dana_sandbox.guards)
