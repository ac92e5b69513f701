# technique: from math import with ligature name
# expected: rejected
from json import ｃodecs
result = str(codecs)
