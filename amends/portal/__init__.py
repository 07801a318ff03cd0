"""Speaks with customers: complain, follow, answer. A link is the key to one case; nothing else opens it."""
