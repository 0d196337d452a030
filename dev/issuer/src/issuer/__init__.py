"""A local OIDC issuer: it signs tokens for whoever asks, so only a demo's network may reach it."""
