"""Rows of a data set through the library `datasets`: downloaded once, offline afterwards."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from evalharness.errors import EvalHarnessError

log = logging.getLogger(__name__)

_COMMIT = re.compile(r"[0-9a-f]{40}")


@lru_cache(maxsize=8)
def load_rows(
    place: str, config: str, split: str, revision: str
) -> tuple[Sequence[Mapping[str, Any]], str]:
    """Returns the rows of a table, and the commit that they are of.

    Args:
        place: A repository of the hub, or a folder.
        config: The table; empty for the only one.
        split: Which part of it.
        revision: The branch, tag or commit; empty for the newest.

    Raises:
        EvalHarnessError: It cannot be read or downloaded, or is gated.
    """
    import datasets

    is_folder = Path(place).is_dir()
    datasets.utils.logging.set_verbosity(logging.CRITICAL)  # it says its errors twice
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # each retry in two lines
    datasets.disable_progress_bars()
    try:
        builder = datasets.load_dataset_builder(
            place, config or None, revision=None if is_folder else revision or None
        )
        version = "" if is_folder else str(builder.hash or "")
        _check_version(place, revision, version)
        if builder.info.splits is None or split not in builder.info.splits:
            log.info("reading %s %s", place, config)
            builder.download_and_prepare()
        found = builder.as_dataset(split=split)
    except EvalHarnessError:
        raise
    except Exception as error:  # of huggingface_hub, datasets, requests, pyarrow
        raise _explained(error, place, config, split, revision) from error
    return found.to_list(), version


def _check_version(place: str, revision: str, version: str) -> None:
    """Refuses what lies in the cache where it is of another commit than the one asked for.

    Without a network the library takes the newest that it has, whatever its revision.
    """
    wanted = _known_commit(place, revision) if revision and version else None
    if wanted is not None and wanted != version:
        raise EvalHarnessError(
            f"commit {version[:12]} is on this machine, and revision {revision} is {wanted[:12]}",
            where=place,
            hint="where there is a network, run python -m evalharness fetch with the same testset"
            " options",
        )


def _known_commit(place: str, revision: str) -> str | None:
    """The commit of a revision, as the hub's cache knows it."""
    from huggingface_hub import try_to_load_from_cache

    if _COMMIT.fullmatch(revision):
        return revision
    found = try_to_load_from_cache(place, "README.md", revision=revision, repo_type="dataset")
    return Path(found).parent.name if isinstance(found, str) else None


def _explained(
    error: BaseException, place: str, config: str, split: str, revision: str
) -> EvalHarnessError:
    """What the library says, in one line, with how to mend it."""
    while type(error).__module__.startswith("datasets.") and error.__cause__ is not None:
        error = error.__cause__  # "An error occurred while generating the dataset" says nothing
    said = str(error).strip()
    first = said.splitlines()[0][:300] if said else type(error).__name__
    gated = "gated" in said or "GatedRepo" in type(error).__name__
    if gated:
        return EvalHarnessError(
            "gated: its terms have to be accepted by you",
            where=place,
            hint=f"accept them at https://huggingface.co/datasets/{place}, and set HF_TOKEN to a"
            " token of that account",
        )
    if found := re.search(r"(?:BuilderConfig|config name).*?not found.*?\[(?P<known>.*)\]", said):
        known = found["known"].replace("'", "")
        return EvalHarnessError(
            f"no table {config!r}", where=place, hint=f"it has {known[:300]}; see testset.pairs"
        )
    if found := re.search(r"[Uu]nknown split.*?\[(?P<known>.*?)\]", said):
        known = found["known"].replace("'", "")
        return EvalHarnessError(
            f"no split {split!r}", where="testset.split", hint=f"one of {known}"
        )
    if "Revision" in said or "RevisionNotFound" in type(error).__name__:
        return EvalHarnessError(f"no revision {revision!r}", where=place)
    if isinstance(error, ConnectionError | OSError) or "offline" in said.lower():
        return EvalHarnessError(
            f"not on this machine, and not to be downloaded: {first}",
            where=place,
            hint="where there is a network, run python -m evalharness fetch with the same testset"
            " options",
        )
    return EvalHarnessError(f"cannot be read: {first}", where=place)
