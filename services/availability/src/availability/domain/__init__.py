"""When a host is free: pure rules over integer time, without any I/O.

Instants are whole seconds since 1970-01-01T00:00Z, intervals are half-open pairs of
instants, local days are days since 1970-01-01. Zones are IANA zones.
"""
