# technique: conversion after an attribute
# expected: rejected
result = "ESCAPED " + "{0.__class__!r:>10}".format(1)
