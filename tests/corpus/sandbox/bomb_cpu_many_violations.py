# technique: 6,000 violations in one program
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "import os\n" * 6000
