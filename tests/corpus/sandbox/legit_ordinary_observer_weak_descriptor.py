# technique: BENIGN - ordinary program: observer weak descriptor
# expected: accepted
# expect: [['temp: 20 -> 22', 'temp: 22 -> 23'], 20, 'off', {'mode': 'off'}]
class Observed:
    def __init__(self, name, default=None):
        self.name, self.default, self.watchers = name, default, []
    def __get__(self, obj, owner=None):
        if obj is None:
            return self
        return obj.__dict__.get(self.name, self.default)
    def __set__(self, obj, value):
        old = self.__get__(obj)
        obj.__dict__[self.name] = value
        for w in self.watchers:
            w(obj, self.name, old, value)
    def __delete__(self, obj):
        obj.__dict__.pop(self.name, None)
    def watch(self, fn):
        self.watchers.append(fn)
        return fn
class Thermostat:
    temp = Observed("temp", 20)
    mode = Observed("mode", "auto")
log = []
@Thermostat.temp.watch
def _changed(obj, name, old, new):
    log.append(f"{name}: {old} -> {new}")
t = Thermostat()
t.temp = 22
t.temp += 1
del t.temp
t.mode = "off"
result = [log, t.temp, t.mode, vars(t)]
