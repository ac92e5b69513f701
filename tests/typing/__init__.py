"""Code that is checked by mypy, not run: what a user's type checker sees of the public names."""
