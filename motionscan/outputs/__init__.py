"""What people get: summary, tables, annotated clip. Import the modules by name; nothing is loaded here."""
