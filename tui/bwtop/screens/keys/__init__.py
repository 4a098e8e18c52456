"""The keys of the main screen, one file a concern: bindings, their actions, and why they cannot act at times."""
