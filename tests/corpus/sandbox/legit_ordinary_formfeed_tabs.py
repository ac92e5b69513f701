# technique: BENIGN - ordinary program: formfeed tabs
# expected: accepted
# expect: [1, 2]
PAYLOAD = "x = 1\n\x0c\nclass A:\n\tdef f(self):\n\t\treturn [1,\n\t\t\t2]\n\x0c\n# end\nresult = A().f()\n"
