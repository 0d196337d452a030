"""The smallest service on messaging: notes are written, published, and copied by consumers.

It exists for the tests and benchmarks of messaging, and shows what a service has to write itself.
"""
