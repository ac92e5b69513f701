# technique: case type(mro=m)
# expected: rejected
match int:
    case object(mro=m):
        result = "ESCAPED " + str(m())
