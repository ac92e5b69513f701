# technique: __origin__ and __args__ by split names
# expected: rejected
result = str(getattr(list[int], "__ori" + "gin__"))
