"""Tests between two pods with netperf: plan, run, read, judge. Knows no screen and no store."""
