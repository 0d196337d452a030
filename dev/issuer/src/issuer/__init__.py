"""A local OIDC issuer: it signs tokens for whoever asks, so it listens on loopback only."""
