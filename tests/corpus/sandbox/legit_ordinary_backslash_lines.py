# technique: BENIGN - ordinary program: backslash lines
# expected: accepted
# expect: 6
PAYLOAD = "total = 1 + \\\n    2 + \\\n    3\nassert total == 6, \\\n    'no'\nresult = total"
