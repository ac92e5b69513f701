# technique: attributes set on a granted function
# expected: rejected
lookup.cache = {}
result = "ran"
