# technique: an encoding cookie in a str source is a comment
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "# -*- coding: utf-7 -*-\nresult = '+AAo-x'"
