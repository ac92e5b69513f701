# technique: __import__ by name
# expected: rejected
result = __import__("os").environ["CANARY_TOKEN"]
