# technique: lone surrogates printed
# expected: harmless
print("a\ud800b", end="\udfff")
result = "ran"
