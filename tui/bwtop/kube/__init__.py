"""Kubernetes over one HTTP session: configuration, reflector, exec."""
