"""Commands of the command line, one module a use case."""
