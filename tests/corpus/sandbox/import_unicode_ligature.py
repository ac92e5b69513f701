# technique: NFKC: ligatures in a module name
# expected: rejected
import ﬁleinput
result = "ran"
