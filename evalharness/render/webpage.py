"""A page as HTML: whole and self-contained, without scripts, for light and dark screens."""

from __future__ import annotations

from itertools import count

from evalharness.escaping import html_escape
from evalharness.render.wording import for_people, groups, parts, words
from evalharness.values import Column, Mark, Page, Row, Table

_STYLE = """
:root { color-scheme: light dark; --faint: #595959; --line: #c8c8c8; --good: #0b6b2b;
  --doubtful: #7a5200; --bad: #b00020; }
@media (prefers-color-scheme: dark) {
  :root { --faint: #a8a8a8; --line: #4a4a4a; --good: #7ddb97; --doubtful: #f0c060; --bad: #ff8a90; }
}
body { font: 1rem/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem;
  padding: 0 1rem; }
h1 { font-size: 1.4rem; }
.table { overflow-x: auto; margin: 1.5rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: start; font-weight: 600; padding-bottom: .4rem; }
th, td { padding: .3rem .8rem; text-align: start; vertical-align: top; white-space: nowrap; }
.wraps { white-space: normal; overflow-wrap: anywhere; min-width: 12ch; }
th { font-weight: 600; }
tbody th { font-weight: 400; }
thead th { border-bottom: 2px solid var(--line); }
tbody { border-bottom: 1px solid var(--line); }
.number { text-align: end; }
.range, .notes { color: var(--faint); font-size: .875rem; }
.best, .good { color: var(--good); }
.doubtful { color: var(--doubtful); }
.bad { color: var(--bad); }
"""
# Nothing is loaded and nothing runs, whatever a text might hold.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page_html(page: Page) -> str:
    """Returns a complete document.

    A row's own name is its head: its first text that rows below do not share.
    """
    title = html_escape(page.title)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{title}</h1>\n{page_fragment(page)}</main>\n</body>\n</html>\n"
    )


def page_fragment(page: Page) -> str:
    """Returns what stands in the body of a document: the answer, the tables, sentences, notes."""
    pieces = []
    if page.answer:
        pieces.append(_sentence(*page.answer, tag="strong"))
    numbers = count(1)
    pieces += [
        _table(part, f"table-{next(numbers)}")
        for table in page.tables
        for part in parts(table)
        if part.rows
    ]
    pieces += [_sentence(text, mark, tag="span") for text, mark in page.lines]
    if page.notes:
        items = "".join(f'<li dir="auto">{html_escape(note)}</li>\n' for note in page.notes)
        pieces.append(f'<ul class="notes">\n{items}</ul>\n')
    return "".join(pieces)


def _table(table: Table, name: str) -> str:
    columns = for_people(table)
    head = next((c for c in columns if not c.number and not c.once), columns[0])
    heads = "".join(map(_head, columns))
    bodies = "".join(
        f"<tbody>\n{''.join(_row(row, columns, head) for row in rows)}</tbody>\n"
        for rows in groups(table)
    )
    # One can scroll it with the keyboard, too.
    return (
        f'<div class="table" role="region" aria-labelledby="{name}" tabindex="0">\n<table>\n'
        f'<caption id="{name}" dir="auto">{html_escape(table.title or table.key)}</caption>\n'
        f"<thead>\n<tr>{heads}</tr>\n</thead>\n{bodies}</table>\n</div>\n"
    )


def _head(column: Column) -> str:
    return f'<th scope="col"{_classes(_kind(column))}>{html_escape(column.title)}</th>'


def _row(row: Row, columns: list[Column], head: Column) -> str:
    cells = "".join(_cell(row, column, column is head) for column in columns)
    return f"<tr{_classes(_mark(row.mark))}>{cells}</tr>\n"


def _cell(row: Row, column: Column, is_head: bool) -> str:
    shown = words(row, column)
    text = html_escape(shown.text)
    if shown.stands_out and text:
        text = f"<strong>{text}</strong>"
    if shown.between:
        text += f' <span class="range">{html_escape(shown.between)}</span>'
    tag, scope = ("th", ' scope="row"') if is_head else ("td", "")
    classes = _classes(_kind(column), _mark(shown.mark))
    direction = "" if column.number else ' dir="auto"'
    return f"<{tag}{scope}{classes}{direction}>{text}</{tag}>"


def _sentence(text: str, mark: Mark | None, tag: str) -> str:
    return f'<p dir="auto"><{tag}{_classes(_mark(mark))}>{html_escape(text)}</{tag}></p>\n'


def _classes(*names: str) -> str:
    chosen = " ".join(filter(None, names))
    return f' class="{chosen}"' if chosen else ""


def _kind(column: Column) -> str:
    return "number" if column.number else "wraps" if column.wraps else ""


def _mark(mark: Mark | None) -> str:
    return mark.value if mark else ""
