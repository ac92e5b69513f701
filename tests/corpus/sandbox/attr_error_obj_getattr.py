# technique: getattr(e, "o" + "bj")
# expected: rejected
try:
    (x for x in ()).nothing
except AttributeError as e:
    result = "LEAK:" + str(getattr(e, "o" + "bj"))
