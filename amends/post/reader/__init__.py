"""Reads raw letters: bytes in, a frozen Letter out. Pure: no database, no settings, no clock, nothing fetched."""
