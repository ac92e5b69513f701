"""How well executions went, what repeats itself in them, and what to do about it: closed forms, quick enough for each."""
