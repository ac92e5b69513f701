"""Domain knowledge that learns: the interface of plugins and four of them, with rules and bounds as data."""
