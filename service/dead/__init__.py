"""Dead letters: written, read, shown, replayed and dropped."""
