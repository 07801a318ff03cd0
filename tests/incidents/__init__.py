"""One module for each row of what goes wrong in desks like ours: the peer's incident, carried out against this one."""
