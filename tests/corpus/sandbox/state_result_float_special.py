# technique: nan as key and value
# expected: harmless
result = {float("nan"): float("nan"), "i": [float("inf"), -0.0]}
