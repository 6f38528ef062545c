"""How a page of tables is shown: one renderer for each format, which knows nothing of runs.

`render` returns a page as text in any format, `print_page` prints it on a terminal, and `show`
prints it on standard output as a command does. The renderers are `console` (terminals), `commas`
(CSV), `markdown`, `latex`, `objects` (JSON) and `webpage` (HTML). `wording` has what they share for
people, `records` what they share for programs.
"""

from evalharness.render.console import print_page
from evalharness.render.formats import render, show
from evalharness.render.webpage import page_fragment

__all__ = ["page_fragment", "print_page", "render", "show"]
