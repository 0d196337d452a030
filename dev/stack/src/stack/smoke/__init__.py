"""The journey that shows the whole system at work: book, move and cancel a meeting as a guest."""
