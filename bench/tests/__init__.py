"""A package, so that pytest names these tests after it: `bench` is taken by what they test."""
