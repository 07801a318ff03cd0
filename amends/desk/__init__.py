"""Speaks with reps and leads: the pages where cases are worked."""
