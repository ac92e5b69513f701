# technique: __closure__ by a split name
# expected: rejected
def outer():
    x = [1]
    return lambda: x
result = str(getattr(outer(), "__clo" + "sure__"))
