"""Learning from what comes back: feedback finds its execution, patterns are found, and each decision says why."""
