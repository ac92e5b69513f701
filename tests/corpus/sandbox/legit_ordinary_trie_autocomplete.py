# technique: BENIGN - ordinary program: trie autocomplete
# expected: accepted
# expect: [['car', 'card', 'care'], [], ['car', 'card', 'care', 'cat', 'dog']]
class Trie:
    class Node(dict):
        __slots__ = ("word",)
        def __init__(self):
            super().__init__()
            self.word = None
    def __init__(self, words=()):
        self.root = self.Node()
        for w in words:
            self.insert(w)
    def insert(self, word):
        node = self.root
        for ch in word:
            if ch not in node:
                node[ch] = Trie.Node()
            node = node[ch]
        node.word = word
    def complete(self, prefix):
        node = self.root
        for ch in prefix:
            if (node := node.get(ch)) is None:
                return []
        def walk(n):
            if n.word is not None:
                yield n.word
            for ch in sorted(n):
                yield from walk(n[ch])
        return list(walk(node))
t = Trie(["car", "card", "care", "cat", "dog"])
result = [t.complete("car"), t.complete("x"), t.complete("")]
