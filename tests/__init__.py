"""The tests of dana-poet; packages so that two files may share a name."""
