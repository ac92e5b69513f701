# technique: alias of exec through a tuple
# expected: rejected
run, = (exec,)
result = "ran"
