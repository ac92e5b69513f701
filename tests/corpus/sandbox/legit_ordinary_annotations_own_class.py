# technique: BENIGN - ordinary program: annotations own class
# expected: accepted
# expect: [{'host': 'localhost', 'port': 8080, 'debug': True}, ['debug', 'host', 'port']]
class Config:
    host: str = "localhost"
    port: int = 80
    debug: bool = False
    @classmethod
    def from_dict(cls, data):
        made = cls()
        for name, kind in cls.__annotations__.items():
            if name in data:
                setattr(made, name, kind(data[name]))
        return made
    def as_dict(self):
        return {k: getattr(self, k) for k in self.__annotations__}
c = Config.from_dict({"port": "8080", "debug": 1})
result = [c.as_dict(), sorted(Config.__annotations__)]
