"""How Sphinx makes the book: from stored outputs, nothing is run, nothing is fetched when it is read."""

import os

project = "How long things live in Flask"
author = "the authors of the workbook"
language = "en"
root_doc = "index"

extensions = ["myst_nb"]
nitpicky = True
nb_execution_mode = "off"
nb_merge_streams = True
# Only what docs/book needs. No dollarmath: without formulas no page asks for MathJax.
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

html_theme = "sphinx_book_theme"
html_title = project
html_context = {"default_mode": "auto"}
html_static_path = ["static"]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "show_toc_level": 1,
    # The sidebar has the search, and there is nothing else for a bar at the top.
    "navbar_persistent": [],
    "search_bar_text": "Search the book",
    "footer_content_items": [],
}

# The published book knows its repository: the workflow names it. A book made at home has no such buttons.
if repository := os.environ.get("BOOK_REPOSITORY"):
    html_theme_options |= {
        "repository_url": repository,
        "repository_branch": os.environ.get("BOOK_BRANCH", "main"),
        "use_repository_button": True,
        "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"},
    }
