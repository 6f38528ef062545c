"""The test sets that sacreBLEU knows, from its own cache, as its own reader gives them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from evalharness.errors import EvalHarnessError
from evalharness.formats.text import read_aligned, read_text
from evalharness.languages import normalised_pair, split_pair
from evalharness.testsets.given import GivenTestSet, Texts
from evalharness.testsets.makers import check_provenance
from evalharness.testsets.testset import TestSet
from evalharness.values.segments import HUMAN, Bitext

log = logging.getLogger(__name__)

_ABOUT = {"docid", "genre", "domain", "origlang"}


@dataclass(frozen=True)
class SacrebleuTestSet(TestSet):
    """A test set by the name that sacreBLEU gives it; it is downloaded when it is first used.

    The environment variable `SACREBLEU` names the cache, as for sacreBLEU itself.

    Attributes:
        name: SacreBLEU's name, such as `wmt18` or `iwslt17`. A `/` in it is `_` in tables.
        pairs: Language pairs, such as `tr-en`; empty for all that lead from Turkish or Arabic.
        references: Which references are used, by sacreBLEU's names (`ref`, `ref:A`), in this order;
            empty for those that sacreBLEU itself uses.
        provenance: Who made the references.
    """

    name: str = MISSING
    pairs: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    provenance: Any = HUMAN

    def __post_init__(self) -> None:
        check_provenance(self.provenance)
        object.__setattr__(self, "name", self.name.replace("/", "_"))

    def missing_requirement(self) -> str | None:
        """SacreBLEU is always here; what it downloads is seen by `load`."""
        return None

    def load(self) -> Sequence[Bitext]:
        """Reads the language pairs, and has sacreBLEU download what is missing.

        Raises:
            EvalHarnessError: SacreBLEU knows no such test set, pair or reference, or cannot
                download it.
        """
        known = self._known()
        return [self._bitext(pair, known[pair]) for pair in self._wanted(known)]

    def outputs(self, bitext: Bitext) -> Mapping[str, str]:
        """The systems whose outputs belong to it, by name, each with its file."""
        called = self._known()[bitext.pair]
        return {
            name: path
            for name, path in self._files(called).items()
            if name not in ("src", *_ABOUT) and name.split(":")[0] != "ref"
        }

    def _dataset(self) -> Any:
        from sacrebleu.dataset import DATASETS

        found = {name.replace("/", "_"): name for name in sorted(DATASETS)}
        if self.name not in found:
            near = ", ".join(found[name] for name in found if name[:4] == self.name[:4])
            raise EvalHarnessError(
                f"sacreBLEU knows no test set {self.name!r}",
                where="testset.name",
                hint=near or "sacrebleu --list names them",
            )
        return DATASETS[found[self.name]]

    def _known(self) -> dict[str, str]:
        """The pairs there are, each as sacreBLEU spells it."""
        return {normalised_pair(pair): pair for pair in self._dataset().langpairs}

    def _wanted(self, known: Mapping[str, str]) -> Sequence[str]:
        wanted = [normalised_pair(pair) for pair in self.pairs]
        if not wanted:
            wanted = [pair for pair in known if pair.split("-")[0] in ("tr", "ar")]
        unknown = [pair for pair in wanted if pair not in known]
        if unknown or not wanted:
            raise EvalHarnessError(
                f"{self.name} has no {unknown[0] if unknown else 'pair from tr or ar'}",
                where="testset.pairs",
                hint=f"it has {', '.join(known)}",
            )
        return list(dict.fromkeys(wanted))

    def _files(self, called: str) -> dict[str, str]:
        """The files of a pair by what sacreBLEU calls what they hold."""
        dataset = self._dataset()
        try:
            return dict(zip(dataset.fieldnames(called), dataset.get_files(called), strict=True))
        except (Exception, SystemExit) as error:
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise EvalHarnessError(
                f"sacreBLEU cannot get it: {said}",
                where=f"{self.name} {called}",
                hint="it downloads into $SACREBLEU (~/.sacrebleu); delete what is cut short there",
            ) from error

    def _bitext(self, pair: str, called: str) -> Bitext:
        files = self._files(called)
        if unknown := [name for name in self.references if name not in files]:
            known = ", ".join(name for name in files if name.startswith("ref"))
            raise EvalHarnessError(
                f"no reference {unknown[0]!r}", where="testset.references", hint=f"it has {known}"
            )
        paths = {Path(path): name for name, path in files.items()}
        usual = map(Path, self._dataset().get_reference_files(called))
        names = self.references or [paths[path] for path in usual]
        source = files["src"]
        sources = read_text(source)
        count = len(sources.lines)
        read = [read_aligned(files[name], source, count) for name in names]
        about = {
            name: read_aligned(files[name], source, count).lines for name in _ABOUT if name in files
        }
        facts = [
            {name: about[name][at] for name in sorted(about) if name != "docid" and about[name][at]}
            for at in range(count)
        ]
        texts = Texts(
            sources.lines,
            [file.lines for file in read],
            about.get("docid") or [None] * count,
            source,
            tuple(note for file in (sources, *read) for note in file.notes),
            [name.removeprefix("ref:") for name in names],
            facts=facts if about else None,
        )
        source_lang, target_lang = split_pair(pair)
        return GivenTestSet(texts, source_lang, target_lang, self.name, self.provenance).load()[0]
