# technique: after a swallowed refusal a capability must not be called any more
# expected: rejected
try:
    getattr(int, "__sub" + "classes__")
except BaseException:
    pass
note("after refusal")
result = "ran"
