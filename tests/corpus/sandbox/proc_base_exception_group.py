# technique: BaseExceptionGroup holding SystemExit
# expected: contained: exit
raise BaseExceptionGroup("g", [SystemExit(1), KeyboardInterrupt()])
