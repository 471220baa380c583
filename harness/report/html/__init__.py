"""Findings as web pages: self-contained, without network, under a strict content security policy.

A page is complete without its script: diagram, table and texts are in the markup, and the script only steps through
them. Every value passes through Jinja's autoescaping; what the script reads is JSON in which nothing can end a script
element; and the script sets text, never markup.
"""

from harness.report.html.finding import finding_page
from harness.report.html.index import Entry, Link, index_page, list_page
from harness.report.html.pages import pages

__all__ = ["Entry", "Link", "finding_page", "index_page", "list_page", "pages"]
