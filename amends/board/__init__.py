"""The door for directors and executives: what the house says and does, and where it is not so."""
