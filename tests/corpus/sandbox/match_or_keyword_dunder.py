# technique: a dunder keyword hidden in an or-pattern inside a sequence
# expected: rejected
match [1]:
    case [int(__class__=c) | float(__class__=c)]:
        result = "ESCAPED " + str(c)
