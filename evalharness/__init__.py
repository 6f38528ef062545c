"""Translation-quality evaluation: run machine translation systems, score them, compare them.

The Python API is `score`, which scores outputs that are in memory, and `load`, which reads finished
runs. Everything else in this package may change.
"""

# Nothing is imported here before the working directory is off the import path: see __main__.py.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from evalharness.api import Scores
    from evalharness.api.shapes import References

__all__ = ["load", "score"]


def score(
    outputs: "Mapping[str, Iterable[str]] | Iterable[str]",
    *,
    references: "References | None" = None,
    sources: "Iterable[str] | None" = None,
    pair: str | None = None,
    metrics: "Sequence[str] | None" = None,
    checks: "Sequence[str] | None" = None,
    documents: "Iterable[str] | None" = None,
    testset: str = "text",
    results_dir: "str | Path | None" = None,
    store: "str | Path | None" = None,
    device: str = "auto",
    seed: int = 12345,
    overrides: "Sequence[str]" = (),
) -> "Scores":
    """Scores the outputs of one or several systems on the same segments.

    Args:
        outputs: A list of hypotheses by the system's name; a plain list for one system. Each has
            one text per segment. A list may be anything that is iterated over in order: an array, a
            column of a data frame, a generator.
        references: A list of texts, one per segment; or a mapping of names to such lists; or a list
            of lists. A list of lists that could be read per reference and per segment is refused.
        sources: One text per segment; `None` where no metric needs them.
        pair: The language pair, such as `ar-en` or `zh_Hant-en`; `None` if it is not known.
        metrics: What to compute: `bleu`, `chrf`, `chrfpp`, `ter`, `comet`, `cometkiwi`, `xcomet`,
            or a COMET checkpoint (`Unbabel/wmt20-comet-da`, or a folder). `None` for BLEU and
            chrF2, and COMET where it was downloaded before.
        checks: What else to look for in the outputs: `empty`, `unfinished`, `copied_source`,
            `encoding`, `entities`, `invisible`, `markup`, `numbers`, `placeholders`, `terms`,
            `tokenized`, `urls`. `None` for all of these, `[]` for nothing.
        documents: The document id of each segment: intervals then resample documents.
        testset: The test set's name in tables.
        results_dir: Where run folders are written; `None` for a temporary folder that goes with the
            result.
        store: Where COMET's embeddings are kept; `None` for the folder that `EVALHARNESS_STORE`
            names, else for one inside `results_dir`.
        device: Where COMET computes: `auto`, `cpu`, `cuda`, `cuda:1`.
        seed: Seeds the bootstrap.
        overrides: Options of the command line, such as `bootstrap.resamples=2000`.

    Returns:
        The runs by the system's name. They are shown as a table. `scores["google"]["BLEU"].score`
        is a number, `scores.to_pandas()` a data frame, `scores.compare()` the differences.

    Raises:
        EvalHarnessError: An argument is wrong, or a metric that was named cannot be computed.
    """
    from evalharness import api

    return api.score(
        outputs,
        references=references,
        sources=sources,
        pair=pair,
        metrics=metrics,
        checks=checks,
        documents=documents,
        testset=testset,
        results_dir=results_dir,
        store=store,
        device=device,
        seed=seed,
        overrides=overrides,
    )


def load(results_dir: "str | Path" = "results") -> "Scores":
    """Reads the finished runs of a results folder.

    Args:
        results_dir: The folder that `results_dir=` names.

    Returns:
        The runs by the system's name; by test set, pair, name and hash where a name occurs twice.

    Raises:
        EvalHarnessError: There is no finished run.
    """
    from evalharness import api

    return api.load(results_dir)
