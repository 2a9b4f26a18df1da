"""Tests of the limiter: promises one by one, and the proof in virtual time."""
