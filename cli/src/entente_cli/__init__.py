"""The operator command line of Entente."""
