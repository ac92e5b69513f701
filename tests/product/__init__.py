"""Tests of the whole language through the doors that users have."""
