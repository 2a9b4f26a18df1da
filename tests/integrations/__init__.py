"""Tests of what ties vaultio to other libraries."""
