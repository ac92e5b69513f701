# technique: BENIGN - ordinary program: text adventure dispatch
# expected: accepted
# expect: [['You are in the den.', 'Taken: key.', 'No such thing.', 'usage: go', "I don't know how to fly.", 'Bye.'], ['key'], True, ['go', 'quit', 'take']]
class Game:
    def __init__(self):
        self.room, self.bag, self.done = "hall", set(), False
        self.rooms = {"hall": {"north": "den"}, "den": {"south": "hall", "item": "key"}}
    def do(self, line):
        verb, *rest = line.lower().split()
        handler = getattr(self, f"do_{verb}", None)
        if handler is None:
            return f"I don't know how to {verb}."
        try:
            return handler(*rest)
        except TypeError as exc:
            return "usage: " + verb
    def do_go(self, where):
        if (to := self.rooms[self.room].get(where)) is None:
            return "You can't."
        self.room = to
        return f"You are in the {to}."
    def do_take(self, what):
        if self.rooms[self.room].get("item") == what:
            self.bag.add(self.rooms[self.room].pop("item"))
            return f"Taken: {what}."
        return "No such thing."
    def do_quit(self):
        self.done = True
        return "Bye."
    @property
    def verbs(self):
        return sorted(n.removeprefix("do_") for n in dir(self) if n.startswith("do_"))
g = Game()
result = [[g.do(x) for x in ("go north", "take key", "take key", "go", "fly", "quit")], sorted(g.bag), g.done, g.verbs]
