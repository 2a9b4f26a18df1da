"""Tests of the checks between a machine and a vault."""
