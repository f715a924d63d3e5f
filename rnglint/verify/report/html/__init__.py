"""The verification as one HTML page that needs nothing else: no network, no other file."""

from rnglint.verify.report.html.page import render_html

__all__ = ["render_html"]
