"""The pipeline: watches and agent samples, joined into rows."""
