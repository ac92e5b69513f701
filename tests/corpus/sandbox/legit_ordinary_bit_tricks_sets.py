# technique: BENIGN - ordinary program: bit tricks sets
# expected: accepted
# expect: [[5, 4, 1], [0, 1, 3, 2, 6, 7, 5, 4], [1, 2, 3, 4], [3], [1, 2, 4], [1, 2], 5, '0xe', True, 8, 255, 10, 15, 1000000, b'\x05\x00', 1]
def subsets(mask):
    s = mask
    while s:
        yield s
        s = (s - 1) & mask
def gray(n): return [i ^ (i >> 1) for i in range(1 << n)]
def popcount(x): return bin(x).count("1")
class BitSet:
    def __init__(self, it=()):
        self.bits = 0
        for i in it: self.bits |= 1 << i
    def __or__(self, o): return self._of(self.bits | o.bits)
    def __and__(self, o): return self._of(self.bits & o.bits)
    def __xor__(self, o): return self._of(self.bits ^ o.bits)
    def __sub__(self, o): return self._of(self.bits & ~o.bits)
    def __invert__(self): return self._of(~self.bits & 0xFF)
    def __iter__(self): return (i for i in range(self.bits.bit_length()) if self.bits >> i & 1)
    def __len__(self): return self.bits.bit_count()
    def __index__(self): return self.bits
    def __contains__(self, i): return bool(self.bits >> i & 1)
    @classmethod
    def _of(cls, bits):
        made = cls()
        made.bits = bits
        return made
a, b = BitSet([1, 2, 3]), BitSet([3, 4])
result = [list(subsets(0b101)), gray(3), list(a | b), list(a & b), list(a ^ b), list(a - b), len(~a), hex(a), 2 in a, popcount(255), int("ff", 16), 0b1010, 0o17, 1_000_000, (5).to_bytes(2, "little"), (-1).bit_length()]
