# technique: BENIGN - ordinary program: graph class topo
# expected: accepted
# expect: [['a', 'b', 'c', 'd'], ['a', 'c', 'b', 'd'], 8, 'cycle', [['a'], ['b', 'c'], ['d']], ['a', 'b']]
from collections import defaultdict, deque
from graphlib import CycleError, TopologicalSorter
class Graph:
    def __init__(self, edges=()):
        self.adj = defaultdict(set)
        for e in edges: self.add(*e)
    def add(self, a, b, w=1):
        self.adj[a].add((b, w)); self.adj[b]
        return self
    def bfs(self, start):
        seen, todo, order = {start}, deque([start]), []
        while todo:
            order.append(n := todo.popleft())
            for m, _ in sorted(self.adj[n]):
                if m not in seen: seen.add(m); todo.append(m)
        return order
    def topo(self):
        indeg = dict.fromkeys(self.adj, 0)
        for n in self.adj:
            for m, _ in self.adj[n]: indeg[m] += 1
        ready = sorted(n for n, d in indeg.items() if not d)
        out = []
        while ready:
            out.append(n := ready.pop(0))
            for m, _ in sorted(self.adj[n]):
                indeg[m] -= 1
                if not indeg[m]: ready.append(m)
        if len(out) < len(indeg): raise ValueError("cycle")
        return out
    def floyd(self):
        inf = float("inf")
        ns = sorted(self.adj)
        d = {(a, b): 0 if a == b else inf for a in ns for b in ns}
        for a in ns:
            for b, w in self.adj[a]: d[a, b] = min(d[a, b], w)
        for k in ns:
            for i in ns:
                for j in ns:
                    d[i, j] = min(d[i, j], d[i, k] + d[k, j])
        return {k: v for k, v in d.items() if 0 < v < inf}
g = Graph([("a", "b", 4), ("a", "c", 1), ("c", "b", 2), ("b", "d", 5)])
try:
    Graph([("x", "y"), ("y", "x")]).topo()
except ValueError as e: err = str(e)
ts = TopologicalSorter({"d": {"b", "c"}, "b": {"a"}, "c": {"a"}})
ts.prepare()
waves = []
while ts.is_active():
    ready = sorted(ts.get_ready())
    waves.append(ready)
    ts.done(*ready)
try:
    TopologicalSorter({"a": "b", "b": "a"}).prepare()
except CycleError as e: cyc = sorted(set(e.args[1]))
result = [g.bfs("a"), g.topo(), g.floyd()["a", "d"], err, waves, cyc]
