"""What untrusted programs may import: explicit exports of the standard library, read-only."""
