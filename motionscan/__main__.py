"""``python -m motionscan`` does what the command ``motionscan`` does."""

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while modules are loaded Ctrl-C ends it without a word

from motionscan.cli import main

if __name__ == "__main__":
    main()
