# technique: BENIGN - TypedDict, Literal, Annotated, NewType, Final
# expected: accepted
# expect: [[{'id': 10, 'name': 'r'}, {'id': 11, 'name': 'r'}, {'id': 12, 'name': 'r'}], ('r', 'w')]
from typing import Annotated, Final, Literal, NewType, TypedDict, get_args
class Row(TypedDict, total=False):
    id: int
    name: str
Mode = Literal["r", "w"]
UserId = NewType("UserId", int)
LIMIT: Final = 3
def load(mode: Mode, uid: UserId, n: Annotated[int, "rows"] = LIMIT) -> list[Row]:
    return [Row(id=uid + i, name=mode) for i in range(n)]
result = [load("r", UserId(10)), get_args(Mode)]
