"""A rendered person whose movement is known: clips with their truth for samples, tests and the benchmark."""
