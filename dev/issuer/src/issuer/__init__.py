"""A local OIDC issuer: it signs tokens for whoever asks, so as a rule it listens on loopback."""
