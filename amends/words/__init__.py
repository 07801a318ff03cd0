"""Reads: what a sentence somebody wrote means. Pure; the measured readers of promises and claims join later."""
