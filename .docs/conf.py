"""Sphinx's settings for the site; `python -m tests.site FOLDER` builds it with them."""

from tests.site.resolving import setup  # noqa: F401 - Sphinx calls it

project = "vaultio"
copyright = "the vaultio contributors"  # noqa: A001 - Sphinx's name
html_title = "vaultio"
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 3
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence"]
suppress_warnings = ["config.cache"]

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_default_options = {
    "members": True,
    "undoc-members": True,
    "inherited-members": "object",
}
toc_object_entries = False  # each page's navigation would carry every method of all
python_maximum_signature_line_length = 88
add_module_names = False
default_role = "py:obj"
nitpicky = True

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
pygments_style = "tango"
pygments_dark_style = "github-dark"
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0b5c7a",
        "color-brand-content": "#0b5c7a",
    },
    "dark_css_variables": {
        "color-brand-primary": "#6cc3e6",
        "color-brand-content": "#6cc3e6",
    },
}
