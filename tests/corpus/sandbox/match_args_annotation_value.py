# technique: __match_args__: tuple = (...) annotated
# expected: rejected
class A:
    __match_args__: tuple = ("tb_frame",)
result = "ran"
