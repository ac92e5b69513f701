# technique: __traceback__ and __cause__ of an exception of the host
# expected: rejected
try:
    broken("x")
except Exception as e:
    result = str(e.__traceback__.tb_frame)
