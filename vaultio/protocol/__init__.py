"""Vault's rules as plain functions and values: no await, no clock, no HTTP library."""
