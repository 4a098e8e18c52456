"""What Cilium stores in Kubernetes and prints in its agents."""
