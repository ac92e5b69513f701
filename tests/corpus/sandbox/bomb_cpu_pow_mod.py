# technique: three-argument pow with giant operands
# expected: contained: timeout
result = pow(3, 1 << 3000000, (1 << 40000) - 1) % 7
