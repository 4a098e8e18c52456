"""Data that ships with bwtop: demo clusters, and profiles."""
