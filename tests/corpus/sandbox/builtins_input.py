# technique: input()
# expected: rejected
result = input()
