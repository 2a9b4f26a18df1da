"""Makes the documentation site of what there is: README, docstrings, examples, catalogue.

``python -m tests.site FOLDER`` builds it; ``nox -s docs`` does so after it has run all examples.
"""
