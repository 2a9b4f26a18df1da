"""Disks that refuse."""

from tests.faults.tools.disks import read_only_disk, small_disk, small_files_only

__all__ = ["read_only_disk", "small_disk", "small_files_only"]
