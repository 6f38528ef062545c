"""A page in the format that was asked for."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping

from evalharness.config import Format
from evalharness.render.commas import csv_text
from evalharness.render.console import print_page
from evalharness.render.latex import page_latex
from evalharness.render.markdown import page_markdown
from evalharness.render.objects import page_json
from evalharness.render.webpage import page_html
from evalharness.terminal import results_console, text_console
from evalharness.values import Page


def render(page: Page, form: Format) -> str:
    """Returns a page as text that ends in a newline; a table has no colours."""
    return _TEXTS[form](page)


def show(page: Page, form: Format) -> None:
    """Prints a page on standard output."""
    with results_console() as console:
        if form is Format.table:
            print_page(page, console)
        else:
            sys.stdout.write(render(page, form))


def _table_text(page: Page) -> str:
    file = io.StringIO()
    print_page(page, text_console(file))
    return file.getvalue()


_TEXTS: Mapping[Format, Callable[[Page], str]] = {
    Format.table: _table_text,
    Format.csv: csv_text,
    Format.markdown: page_markdown,
    Format.latex: page_latex,
    Format.json: page_json,
    Format.html: page_html,
}
