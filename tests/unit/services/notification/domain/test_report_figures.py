"""The figures of periodic reports are defined for those who read them."""

from pathlib import Path

from services.notification.domain.report_figures import FIGURES


def test_the_page_of_reports_defines_every_figure() -> None:
    page = (Path(__file__).parents[5] / "docs" / "reference" / "reports.md").read_text()
    for figure in FIGURES:
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{figure.name}` |"))
        assert figure.vi in row and figure.source in row
        assert all(f"`{fact}`" in row for fact in figure.facts)
