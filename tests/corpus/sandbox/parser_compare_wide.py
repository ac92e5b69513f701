# technique: 5,000 comparisons in one chain
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "result = " + " < ".join(str(i) for i in range(5000))
