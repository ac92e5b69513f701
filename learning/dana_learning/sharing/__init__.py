"""What functions learn from each other: knowledge as aggregates, how similar functions are, and tuning from a prior."""
