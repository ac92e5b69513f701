# technique: self.__class__ of a class: UserList.copy gives out type
# expected: contained: error
from collections import UserList
result = "ESCAPED " + str(UserList.copy(int)("M", (), {}))
