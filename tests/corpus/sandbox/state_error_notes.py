# technique: add_note with a megabyte, __notes__ is not text of ours
# expected: contained: error
e = ValueError("m")
e.add_note("n" * 10 ** 6)
raise e
