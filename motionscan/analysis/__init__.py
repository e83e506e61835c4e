"""What the movement is: ``Motion`` in, ``Analysis`` out; numpy and scipy only, no input or output."""
