# technique: BENIGN - ordinary program: sieve primes numtheory
# expected: accepted
# expect: [168, {2: 3, 3: 2, 5: 1}, (2, -9, 47), True, False, 4, 120, 12, 5]
import math
def sieve(n):
    flags = bytearray([1]) * (n + 1)
    flags[:2] = b"\0\0"
    for i in range(2, math.isqrt(n) + 1):
        if flags[i]:
            flags[i * i::i] = bytes(len(range(i * i, n + 1, i)))
    return [i for i, f in enumerate(flags) if f]
def factor(n):
    out, p = {}, 2
    while p * p <= n:
        while n % p == 0:
            out[p] = out.get(p, 0) + 1
            n //= p
        p += 1 + (p > 2)
    if n > 1: out[n] = out.get(n, 0) + 1
    return out
def egcd(a, b):
    return (a, 1, 0) if b == 0 else (lambda g, x, y: (g, y, x - a // b * y))(*egcd(b, a % b))
def is_prime(n, bases=(2, 3, 5, 7, 11)):
    if n < 2 or n % 2 == 0: return n == 2
    d, s = n - 1, 0
    while d % 2 == 0: d //= 2; s += 1
    for a in bases:
        if a % n == 0: continue
        x = pow(a, d, n)
        if x in (1, n - 1): continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1: break
        else:
            return False
    return True
result = [len(sieve(1000)), factor(360), egcd(240, 46), is_prime(2**31 - 1), is_prime(2**32 + 1), pow(3, -1, 11), math.comb(10, 3), math.lcm(4, 6), sum(divmod(17, 5))]
