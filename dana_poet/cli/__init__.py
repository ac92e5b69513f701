"""The command line `dana-poet`. Each verb loads only what it needs."""
