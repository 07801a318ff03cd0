"""Speaks for time: every recurring chore on one page (`chores.py`), and the process that keeps them."""
