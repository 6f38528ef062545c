"""What a system keeps of facts that several source languages tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from evalharness.errors import EvalHarnessError
from evalharness.languages import language
from evalharness.results.run import Run
from evalharness.testsets import Fact, statement_facts

_MOST_SYSTEMS = 6  # that notes are about
_MOST_SEGMENTS = 1000  # statements are short: other runs' segments are not read for this


@dataclass(frozen=True)
class Telling:
    """What one system keeps of one source language's facts.

    Attributes:
        source_lang: The source language.
        kept: The ids of the facts that its translations keep.
        lost: Of those that they do not state.
        contradicted: Of those that they contradict.
    """

    source_lang: str
    kept: Sequence[str]
    lost: Sequence[str]
    contradicted: Sequence[str]

    @property
    def told(self) -> int:
        """How many facts the translated lines of the source state."""
        return len(self.kept) + len(self.lost) + len(self.contradicted)


def telling(run: Run, facts: Sequence[Fact]) -> Telling | None:
    """Returns what a run keeps of the facts that its segments state; `None` if they state none.

    A segment counts where its id and its source are those of the line that the facts are about.

    Raises:
        EvalHarnessError: The run's segments are damaged.
    """
    texts: Mapping[tuple[str, str], str | None] = {
        (row["id"], row["source"]): row["hypothesis"] for row in run.rows
    }
    found: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for fact in facts:
        lines = fact.lines.get(run.source_lang, {})
        there = [texts[line] for line in lines.items() if line in texts]
        if there:
            found[fact.kept_by([text or "" for text in there])].append(fact.id)
    if not any(found.values()):
        return None
    return Telling(run.source_lang, found[True], found[False], found[None])


def telling_notes(runs: Sequence[Run]) -> Iterator[str]:
    """Yields, for each system, which facts survive from which source language."""
    systems: dict[tuple[str, str, str], list[Telling]] = {}
    for run in runs:
        if run.slice is not None or run.segments > _MOST_SEGMENTS:
            continue
        try:
            facts = statement_facts(run.target_lang)
        except EvalHarnessError as error:
            yield f"facts are not looked at: {error}"
            return
        with suppress(EvalHarnessError):
            if told := telling(run, facts):
                systems.setdefault((run.system, run.testset, run.target_lang), []).append(told)
    for (system, testset, _), several in list(systems.items())[:_MOST_SYSTEMS]:
        yield _in_words(system, testset, several)
    if len(systems) > _MOST_SYSTEMS:
        more = len(systems) - _MOST_SYSTEMS
        yield f"facts: {more} more system{'s' if more > 1 else ''}; choose with select.systems="


def _in_words(system: str, testset: str, several: Sequence[Telling]) -> str:
    names = [language(one.source_lang).name for one in several]
    counts = [
        f"{len(one.kept)} of {one.told} from {name}"
        for one, name in zip(several, names, strict=True)
    ]
    words = f"facts of {testset} that {system} keeps: {', '.join(counts)}"
    if len({one.source_lang for one in several}) == len(several) == 2:
        first, second = (set(one.kept) for one in several)
        parts = {
            "from both": [id_ for id_ in several[0].kept if id_ in second],
            f"from {names[0]} alone": [id_ for id_ in several[0].kept if id_ not in second],
            f"from {names[1]} alone": [id_ for id_ in several[1].kept if id_ not in first],
        }
        words += "".join(f"; {where}: {', '.join(ids)}" for where, ids in parts.items() if ids)
    for one, name in zip(several, names, strict=True):
        if one.contradicted:
            words += f"; contradicted from {name}: {', '.join(one.contradicted)}"
    return words
