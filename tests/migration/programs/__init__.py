"""Programs for the proofs: a vault, and jobs that may be killed, each a process of its own."""
