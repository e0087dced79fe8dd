"""``python -m dunkelwerk`` is the command."""

from dunkelwerk.cli import main

main()
