"""Half an hour of faults against a real kube-apiserver, and what bwtop looks like afterwards."""
