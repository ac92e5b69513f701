"""Learning while a function is in use: a model of quality, what to try next, and what to serve."""
