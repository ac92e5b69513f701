# technique: KeyboardInterrupt out of a C callback
# expected: contained: exit
result = sorted([1, 2], key=lambda x: (_ for _ in ()).throw(KeyboardInterrupt()))
