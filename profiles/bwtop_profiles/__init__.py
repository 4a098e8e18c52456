"""Data that ships with bwtop: demo clusters."""
