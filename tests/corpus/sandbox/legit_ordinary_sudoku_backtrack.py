# technique: BENIGN - ordinary program: sudoku backtrack
# expected: accepted
# expect: [[[1, 3, 2, 4], [4, 2, 3, 1], [2, 4, 1, 3], [3, 1, 4, 2]], 4, (0, 4, 7, 5, 2, 6, 1, 3)]
def solve(board):
    empty = [(r, c) for r in range(4) for c in range(4) if not board[r][c]]
    if not empty:
        return board
    def options(r, c):
        box = {board[i][j] for i in range(r // 2 * 2, r // 2 * 2 + 2) for j in range(c // 2 * 2, c // 2 * 2 + 2)}
        return {1, 2, 3, 4} - set(board[r]) - {board[i][c] for i in range(4)} - box
    r, c = min(empty, key=lambda p: len(options(*p)))
    for v in sorted(options(r, c)):
        board[r][c] = v
        if solved := solve(board):
            return solved
        board[r][c] = 0
    return None
def queens(n, row=0, cols=(), d1=(), d2=()):
    if row == n:
        yield cols
        return
    for c in range(n):
        if c not in cols and row + c not in d1 and row - c not in d2:
            yield from queens(n, row + 1, (*cols, c), (*d1, row + c), (*d2, row - c))
result = [solve([[1, 0, 0, 0], [0, 0, 3, 0], [0, 4, 0, 0], [0, 0, 0, 2]]), len(list(queens(6))), next(queens(8))]
