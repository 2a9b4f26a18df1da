"""Mutation tests: would a test notice if this line were wrong? ``python -m tests.mutants``."""
