"""Makefile targets `lint`, `typecheck`, `build` and `test` as commands of the gates."""
