"""bwtop: top for the egress bandwidth limits that Cilium enforces on Kubernetes pods."""

__version__ = "0.1.0"
