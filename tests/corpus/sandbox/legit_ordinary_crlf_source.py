# technique: BENIGN - ordinary program: crlf source
# expected: accepted
# expect: [1, 0, 'a\nb', True]
PAYLOAD = "import math\r\ndef f(x):\r\n\tif x:\r\n\t\treturn 1\r\n\treturn 0\r\ntext = '''a\r\nb'''\r\nresult = [f(1), f(0), text, math.pi > 3]\r\n"
