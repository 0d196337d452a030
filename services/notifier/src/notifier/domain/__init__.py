"""What is told to whom, and when. Standard library only."""
