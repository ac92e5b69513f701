"""Programs of the reference implementation, read where they lie."""
