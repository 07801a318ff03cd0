"""Speaks by letter: takes letters in, files them, and hands ours to a mail server."""
