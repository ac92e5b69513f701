# technique: BENIGN - for-else, while-else, break, continue
# expected: accepted
# expect: [[2, 3, 5, 7, 11, 13, 17, 19], [2, 0, 'done']]
def prime(n):
    for d in range(2, int(n ** 0.5) + 1):
        if n % d == 0:
            break
    else:
        return n > 1
    return False
log = []
n = 3
while n:
    n -= 1
    if n == 1:
        continue
    log.append(n)
else:
    log.append("done")
while True:
    break
else:
    log.append("never")
result = [[n for n in range(20) if prime(n)], log]
