"""`python -m amends` is the console command."""

from amends.cli import main

main()
