# technique: a counted repeat that compiles to a giant program
# expected: harmless
import re
result = re.compile("(?:(?:a{1,1000}){1,1000}){1,1000}" * 500).pattern[:3]
