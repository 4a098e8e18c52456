"""Screens: each with its stylesheet of the same name beside it."""
