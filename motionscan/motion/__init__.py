"""How it moves: frames and poses in, ``Motion`` out."""
