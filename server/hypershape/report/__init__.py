"""What is known of search spaces as a reader wants it: in one line, at telling configurations, on one page."""

from hypershape.report.configurations import telling
from hypershape.report.cost import details, told
from hypershape.report.page import page
from hypershape.report.verdict import between, is_only_noted, rounded, verdict

__all__ = ["between", "details", "is_only_noted", "page", "rounded", "telling", "told", "verdict"]
