# technique: an exception of the host's function must not carry its secrets or path
# expected: contained: error
broken("x")
