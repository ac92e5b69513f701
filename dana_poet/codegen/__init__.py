"""Write, verify and keep enhanced versions of a function."""
