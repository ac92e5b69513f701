# technique: live objects as arguments: no address in the message
# expected: contained: error
raise ValueError(len, lambda: 0, object(), [object()])
