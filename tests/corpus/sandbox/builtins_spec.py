# technique: __spec__.loader
# expected: rejected
result = str(__spec__)
