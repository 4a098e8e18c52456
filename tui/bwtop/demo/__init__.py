"""The embedded cluster: a simulated world behind a real HTTP API."""
