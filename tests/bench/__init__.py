"""Budgets measured on a real terminal against a real API server."""
