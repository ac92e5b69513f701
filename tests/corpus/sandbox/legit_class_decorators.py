# technique: BENIGN - class decorators: registry and method injection
# expected: accepted
# expect: [['Json', 'csv'], 'csv!', 'csv', 5, 'Json']
registry = {}
def register(name=None):
    def deco(cls):
        registry[name or cls.__name__] = cls
        cls.tag = name
        return cls
    return deco
def singleton(cls):
    made = []
    def get(*a, **k):
        if not made:
            made.append(cls(*a, **k))
        return made[0]
    return get
@register("csv")
class CsvLoader:
    def load(self):
        return "csv!"
@register()
class Json:
    pass
@singleton
class Config:
    def __init__(self):
        self.v = 1
Config().v = 5
result = [sorted(registry), registry["csv"]().load(), CsvLoader.tag, Config().v, Json.__name__]
