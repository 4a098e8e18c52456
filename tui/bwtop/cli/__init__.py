"""The command line: one file a command, flags shared in one place."""
