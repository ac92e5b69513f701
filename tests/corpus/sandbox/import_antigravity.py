# technique: modules that act when imported
# expected: rejected
import antigravity
result = "ran"
