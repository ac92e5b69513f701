# technique: BENIGN - ordinary program: mac line ends
# expected: accepted
# expect: [1, 2]
PAYLOAD = "x = 1\ry = 2\rresult = [x, y]\r"
