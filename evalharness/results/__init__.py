"""Run folders: one `Run`, read lazily, written and read by the same code.

`run` is the value; `writing` makes a folder and `heads` reads its head, which has to be
`plausible`, with `content` for what is read when asked for; `schema` reads older folders; `merging`
keeps what earlier commands wrote; `finding` finds runs by name. `columns`, `check_columns`,
`signatures` and `notes` say what runs can be compared and what a reader has to know of them.
"""

from evalharness.results.board import board_page, heading, score_columns
from evalharness.results.check_columns import rate_score
from evalharness.results.columns import column_order, columns_of, comparable, decimals_of, is_taken
from evalharness.results.content import CHECKS, Content
from evalharness.results.finding import find_runs
from evalharness.results.heads import is_complete, read_run, read_runs
from evalharness.results.naming import names_of
from evalharness.results.notes import sampling_notes
from evalharness.results.places import Place, Ranking
from evalharness.results.plausible import check_name, check_names
from evalharness.results.run import SYSTEM, Run, agrees, corpus_score
from evalharness.results.selection import select_runs
from evalharness.results.signatures import aggregate_of, family_of, without_versions
from evalharness.results.slices import slice_names, slice_runs
from evalharness.results.writing import write_run

__all__ = [
    "CHECKS",
    "SYSTEM",
    "Content",
    "Place",
    "Ranking",
    "Run",
    "aggregate_of",
    "agrees",
    "board_page",
    "check_name",
    "check_names",
    "column_order",
    "columns_of",
    "comparable",
    "corpus_score",
    "decimals_of",
    "family_of",
    "find_runs",
    "heading",
    "is_complete",
    "is_taken",
    "names_of",
    "rate_score",
    "read_run",
    "read_runs",
    "sampling_notes",
    "score_columns",
    "select_runs",
    "slice_names",
    "slice_runs",
    "without_versions",
    "write_run",
]
