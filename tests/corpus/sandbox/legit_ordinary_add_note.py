# technique: BENIGN - ordinary program: add note
# expected: accepted
# expect: ['bad', ['row 3', 'column b']]
try:
    raise ValueError("bad")
except ValueError as e:
    e.add_note("row 3")
    e.add_note("column b")
    result = [str(e), e.__notes__]
