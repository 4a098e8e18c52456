"""A real kube-apiserver as part of the tests: built, started, filled and stopped from here."""
