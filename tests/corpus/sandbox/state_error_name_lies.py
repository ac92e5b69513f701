# technique: an own exception named like a refusal
# expected: contained: error
class Refused(Exception):
    pass
raise Refused("import: os")
