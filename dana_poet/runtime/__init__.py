"""Run Dana programs in this process. Nothing here is loaded before a program needs it."""
