# technique: BENIGN - ordinary program: astar grid
# expected: accepted
# expect: [16, (0, 0), (3, 7)]
import heapq
GRID = ["S.#.....", "..#.##.#", ".##..#..", "......#G"]
def find(c):
    return next((r, row.index(c)) for r, row in enumerate(GRID) if c in row)
def astar(start, goal):
    def h(p): return abs(p[0] - goal[0]) + abs(p[1] - goal[1])
    heap, came, cost = [(h(start), start)], {start: None}, {start: 0}
    while heap:
        _, cur = heapq.heappop(heap)
        if cur == goal:
            path = []
            while cur is not None:
                path.append(cur)
                cur = came[cur]
            return path[::-1]
        for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            r, c = nxt = cur[0] + dr, cur[1] + dc
            if 0 <= r < len(GRID) and 0 <= c < len(GRID[0]) and GRID[r][c] != "#":
                new = cost[cur] + 1
                if new < cost.get(nxt, float("inf")):
                    cost[nxt], came[nxt] = new, cur
                    heapq.heappush(heap, (new + h(nxt), nxt))
    return None
path = astar(find("S"), find("G"))
result = [len(path) - 1, path[0], path[-1]]
