"""How the availability service is asked."""
