"""A small honest part of VQL: one SELECT on documents, binders or an object."""
