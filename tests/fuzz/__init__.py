"""Mutated inputs: whatever comes in, there is a result or one line."""
