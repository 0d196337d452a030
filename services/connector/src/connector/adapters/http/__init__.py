"""The guarded HTTP client: the only way to an address that a user supplied."""
