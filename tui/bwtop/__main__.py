"""`python -m bwtop`."""

from bwtop.cli.main import main

main()
