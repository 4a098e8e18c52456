"""Recordings: what a cluster's store was told, in a file, and told again to a store of the same kind.

A recording is a gzip stream of JSON lines. The first is the header, every other one an event and its time; an event is
a value that `bwtop.live` puts into its store anyway, so a replay runs through the same join and the same screens.
"""
