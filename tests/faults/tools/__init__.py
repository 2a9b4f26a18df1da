"""What the tests of bad days break things with.

`proxy`          a TCP proxy that delays, cuts, resets, swallows, inserts and swaps
`certificates`   TLS: good, of another name, expired, of an unknown authority, too old
`disks`          small disks, disks that refuse, and one whose power can be cut
`kills`          programs that are killed at random moments, and started again
`clock`          a clock that a test moves
`leftovers`      what should not be there any more: parts, files, tasks, threads

A server that sends any bytes whatever, or reads none, is `vaultio.sandbox.raw`; faults of a Vault
as a whole are `vaultio.sandbox.faults`; hours pass in a moment in `tests.virtual_time`.
"""
