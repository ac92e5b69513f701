"""Learn better parameters from execution feedback, inside bounds, with reasons, and without losing anything."""
