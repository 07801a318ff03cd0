"""Decides: what may happen to a file, and what it takes.

Plain Python and msgspec. No Django, no clock, no input or output: whatever a rule needs it is given, and it
answers with entries or raises `Refused`. The house's tests hold this line.
"""
