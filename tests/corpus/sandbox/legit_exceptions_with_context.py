# technique: BENIGN - exception attributes, __cause__ shown by str, nested try, re-raise in helper, custom __init__
# expected: accepted
# expect: ([1, 4], [(1, 'TypeError', 'row 1: TypeError'), (2, 'ValueError', 'row 2: ValueError')])
class RowError(ValueError):
    def __init__(self, row, reason):
        super().__init__(f"row {row}: {reason}")
        self.row, self.reason = row, reason
def parse(rows):
    errors, out = [], []
    for i, r in enumerate(rows):
        try:
            try:
                out.append(int(r))
            except (TypeError, ValueError) as e:
                raise RowError(i, type(e).__name__) from e
        except RowError as e:
            errors.append((e.row, e.reason, str(e)))
    return out, errors
result = parse(["1", None, "x", 4])
