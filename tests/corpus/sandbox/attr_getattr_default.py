# technique: getattr with a default must not turn the refusal into a value
# expected: rejected
result = "ran:" + str(getattr((), "__class__", "no"))
