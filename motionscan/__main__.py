"""``python -m motionscan``."""

from motionscan.cli import main

if __name__ == "__main__":
    main()
