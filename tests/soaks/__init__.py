"""Long runs that try what is promised about letters: kills, sinks, mutants, machines, rates. Each is a module with a short
form in the suite (`tests/test_soaks.py`) and a long one: `python -m tests.soaks.NAME [sizes]` prints one line of figures.
"""
