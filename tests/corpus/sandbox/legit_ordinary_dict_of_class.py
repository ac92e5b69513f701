# technique: BENIGN - ordinary program: dict of class
# expected: accepted
# expect: {'NEW': 1, 'DONE': 2}
class Status:
    NEW = 1
    DONE = 2
    def label(self):
        return "x"
names = {k: v for k, v in vars(Status).items() if not k.startswith("_") and not callable(v)}
result = names
