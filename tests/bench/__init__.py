"""The benchmark: a desk of many cases, served as `amends up` serves it, and measured from outside."""
