# technique: tb_next and tb_lasti by getattr in a loop
# expected: rejected
class CM:
    def __enter__(self):
        return self
    def __exit__(self, kind, value, tb):
        for name in ("tb_next", "tb_lasti", "tb_lineno"):
            getattr(tb, name)
        return True
with CM():
    1 / 0
result = "ran"
