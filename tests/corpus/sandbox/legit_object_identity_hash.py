# technique: BENIGN - __eq__ with __hash__, sets of objects, dict keys, sorting by attribute
# expected: accepted
# expect: [['2H', '3S'], 2, 'x', True, ['2H', '3S']]
class Card:
    def __init__(self, suit, rank):
        self.suit, self.rank = suit, rank
    def _key(self):
        return (self.suit, self.rank)
    def __eq__(self, other):
        return isinstance(other, Card) and self._key() == other._key()
    def __hash__(self):
        return hash(self._key())
    def __repr__(self):
        return f"{self.rank}{self.suit}"
cards = {Card("S", 3), Card("H", 2), Card("S", 3)}
result = [sorted(map(repr, cards)), len(cards), {Card("S", 1): "x"}[Card("S", 1)], Card("S", 3) in cards, [repr(c) for c in sorted(cards, key=lambda c: c.rank)]]
