"""A world in virtual time: processes, their limiters, the wire, a server, and who else uses it."""
