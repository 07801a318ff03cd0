"""Reads: what a sentence of ours promises, claims, or only soothes. Pure; each language is a folder of data."""
