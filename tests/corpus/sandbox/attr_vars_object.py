# technique: vars(object) hands out __getattribute__ as a callable
# expected: rejected
read = vars(object)["__getattribute__"]
result = "ESCAPED " + str(read((x for x in ()), "gi_" + "frame"))
