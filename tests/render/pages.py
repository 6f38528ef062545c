"""Pages for tests of the renderers: nothing in them comes from a run."""

from __future__ import annotations

from evalharness.values import Cell, Column, Mark, Page, Row, Table

COLUMNS = (
    Column("set", "set", programs=False),
    Column("pair", "pair", once=True),
    Column("system", "system", wraps=True),
    Column("score", "score ↑", number=True, interval=True),
    Column("change", "change", decimals=3, number=True, interval=True, signed=True),
    Column("count", "n", number=True, under="system"),
    Column("exact", "", number=True, people=False, csv_decimals=4),
    Column("sure", "sure"),
)


def row(pair: str, system: str, score: float | None, best: bool = False, **others: object) -> Row:
    mark = Mark.best if best else None
    cells = {
        "set": Cell("news"),
        "pair": Cell(pair),
        "system": Cell(system),
        "score": Cell() if score is None else Cell(score, score - 1, score + 1, mark=mark),
        "change": Cell(-0.25, -0.75, 0.25),
        "count": Cell(1012),
        "exact": Cell(1 / 3),
        "sure": Cell(True),
    }
    return Row(cells | {key: Cell(value) for key, value in others.items()}, group=pair)


ROWS = (
    row("tr-en", "first", 26.578, best=True),
    row("tr-en", "a-system-with-a-long-name", 20.0),
    row("ar-en", "third", None, sure=False),
)


def page(*rows: Row, **changes: object) -> Page:
    table = Table("things", "", COLUMNS, rows or ROWS, split="set")
    return Page((table,), **{"notes": ("a note",), "title": "a title", **changes})


def stranger(text: str) -> Page:
    """A page in which a text stands wherever one can stand."""
    columns = (
        Column("split", text, programs=False),
        Column("once", text, once=True),
        Column("wrapped", text, wraps=True),
        Column(text, text, number=True, interval=True),
        Column("said", text, number=True, under="wrapped"),
    )
    cells = {
        "split": Cell(text),
        "once": Cell(text),
        "wrapped": Cell(text, mark=Mark.bad),
        text: Cell(-2.5, -3.0, -2.0, mark=Mark.best),
        "said": Cell(1.0, text=text),
    }
    rows = (Row(cells, group=text), Row(cells, group=text, mark=Mark.doubtful))
    return Page(
        (Table("split", text, columns, rows, split="split"), Table(text, text, columns, rows)),
        notes=(text, f"x{text}"),
        lines=((text, Mark.good),),
        facts={"fact": text, f"f{text}": 1},
        title=text,
        answer=(text, Mark.bad),
        csv="split",
    )
