# technique: except*
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "try:\n    raise ExceptionGroup('g', [ValueError()])\nexcept* ValueError as e:\n    result = 1"
