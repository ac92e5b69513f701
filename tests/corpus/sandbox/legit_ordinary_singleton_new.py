# technique: BENIGN - ordinary program: singleton new
# expected: accepted
# expect: [True, {'a': 1}]
class Config:
    _instance = None
    def __new__(cls, *args, **kwargs):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.values = {}
        return cls._instance
Config().values["a"] = 1
result = [Config() is Config(), Config().values]
