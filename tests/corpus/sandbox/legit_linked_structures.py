# technique: BENIGN - linked list, binary tree, iterators over them
# expected: accepted
# expect: [[1, 3, 4, 5, 8, 9], 3, True, 30]
class Tree:
    def __init__(self, key, left=None, right=None):
        self.key, self.left, self.right = key, left, right
    def insert(self, key):
        side = "left" if key < self.key else "right"
        child = getattr(self, side)
        if child is None:
            setattr(self, side, Tree(key))
        else:
            child.insert(key)
        return self
    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.key
        if self.right:
            yield from self.right
    def depth(self):
        return 1 + max((c.depth() for c in (self.left, self.right) if c), default=0)
t = Tree(5)
for k in (3, 8, 1, 4, 9):
    t.insert(k)
result = [list(t), t.depth(), 4 in t, sum(t)]
