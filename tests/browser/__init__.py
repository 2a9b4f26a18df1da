"""The sandbox's page in a real browser; without Chromium, or its driver, these are skipped."""
