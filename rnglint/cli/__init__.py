"""The command line: it parses options, calls the engine, prints and exits."""
