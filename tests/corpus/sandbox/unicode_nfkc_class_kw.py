# technique: match keyword in mathematical script
# expected: rejected
match ():
    case object(__𝒸lass__=c):
        result = str(c)
