"""Dana programs that nobody has read: parsed, checked and run in a hardened process of their own.

`session` is the host's side: it starts the process, answers its few questions, and believes nothing it says.
`worker` is the other side, and is loaded by the process that the sandbox forks from.
"""
