# technique: BENIGN - match on own classes with __match_args__, keywords and guards
# expected: accepted
# expect: ['origin', 'axis 3', 'axis 4', 'diagonal', 'circle 1 5', 'other']
class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y):
        self.x, self.y = x, y
class Circle:
    __match_args__ = ("center", "r")
    def __init__(self, center, r):
        self.center, self.r = center, r
def where(s):
    match s:
        case Point(0, 0):
            return "origin"
        case Point(x, 0) | Point(0, x):
            return f"axis {x}"
        case Point(x=x, y=y) if x == y:
            return "diagonal"
        case Circle(Point(cx, _), r=r) if r > 1:
            return f"circle {cx} {r}"
        case _:
            return "other"
result = [where(Point(0, 0)), where(Point(3, 0)), where(Point(0, 4)), where(Point(2, 2)), where(Circle(Point(1, 9), 5)), where(Circle(Point(1, 9), 1))]
