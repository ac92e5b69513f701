# technique: BENIGN - ordinary program: dir of own
# expected: accepted
# expect: {'start': 'started', 'stop': 'stopped'}
class Commands:
    def cmd_start(self):
        return "started"
    def cmd_stop(self):
        return "stopped"
    def other(self):
        return None
c = Commands()
table = {name[4:]: getattr(c, name) for name in dir(c) if name.startswith("cmd_")}
result = {name: run() for name, run in table.items()}
