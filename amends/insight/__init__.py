"""Looks: counts, shares and intervals over the drawn tables. Writes nothing, and shows nothing below five."""
