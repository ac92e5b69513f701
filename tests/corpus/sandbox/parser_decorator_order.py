# technique: decorators are evaluated top down and applied bottom up
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "out = []\ndef d(n):\n    out.append('e%d' % n)\n    def deco(f):\n        out.append('a%d' % n)\n        return f\n    return deco\n@d(1)\n@d(2)\ndef f():\n    pass\nresult = out"
