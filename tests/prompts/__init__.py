"""Tests of better prompts."""
