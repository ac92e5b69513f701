# technique: lone surrogates in keys and values
# expected: harmless
result = {"\ud800": "\udfff\U0010ffff"}
