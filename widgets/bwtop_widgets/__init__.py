"""Reusable Textual widgets without a word of Kubernetes."""
