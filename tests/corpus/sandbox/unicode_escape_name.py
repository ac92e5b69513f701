# technique: \N{LOW LINE} builds a dunder at run time
# expected: rejected
result = getattr((), "\N{LOW LINE}\x5fclass\137_")
