"""An append-only file of checksummed JSON operations on tables: what `dana_learning.journal` shows to TinyDB.

`framing` says what bytes a record is, `file` reads, locks and syncs them, `state` is what they add up to, `snapshot` a
shortcut to that state, `salvage` what to do with damaged bytes, `compaction` how dead bytes go, `log` all of it together.
"""
