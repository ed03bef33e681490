"""What is known of search spaces as a reader wants it: in one line, at telling configurations, on one page."""

from hypershape.report.configurations import telling
from hypershape.report.page import page
from hypershape.report.verdict import rounded, verdict

__all__ = ["page", "rounded", "telling", "verdict"]
