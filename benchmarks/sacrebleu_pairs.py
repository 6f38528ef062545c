"""sacreBLEU's own paired tests, with each system in turn as the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sacrebleu
from sacrebleu.metrics.base import Metric as Peer
from sacrebleu.significance import PairedTest


class Answers(NamedTuple):
    """What it says: scores by (metric, system), p-values by (metric, baseline, system)."""

    scores: dict[tuple[str, int], float]
    p_values: dict[tuple[str, int, int], float]


def peers() -> dict[str, Peer]:
    """Returns its metrics by name; they have extracted nothing yet."""
    return {
        "BLEU": sacrebleu.BLEU(),
        "chrF2": sacrebleu.CHRF(),
        "chrF2++": sacrebleu.CHRF(word_order=2),
    }


def extract_once(peer: Peer) -> Peer:
    """Lets a metric extract each system's statistics only once."""
    extract, known = peer._extract_corpus_statistics, {}

    def look_up(hypotheses: Sequence[str], references: Any) -> Any:
        if id(hypotheses) not in known:
            known[id(hypotheses)] = extract(hypotheses, references)
        return known[id(hypotheses)]

    peer._extract_corpus_statistics = look_up
    return peer


def paired_tests(
    references: Sequence[str],
    outputs: Mapping[str, Sequence[str]],
    kind: str,
    metrics: dict[str, Peer],
    samples: int,
) -> Answers:
    """Runs its test once for each baseline.

    Args:
        references: One per segment.
        outputs: By system.
        kind: `bs`, the bootstrap, or `ar`, approximate randomization.
        metrics: By name.
        samples: Resamples or trials.
    """
    answers = Answers({}, {})
    systems = list(outputs)
    for first, baseline in enumerate(systems):
        others = [name for name in systems if name != baseline]
        named = [(name, outputs[name]) for name in (baseline, *others)]
        test = PairedTest(named, metrics, [references], test_type=kind, n_samples=samples)
        _, found = test()
        for metric in metrics:
            answers.scores[metric, first] = found[metric][0].score
            for name, result in zip(others, found[metric][1:], strict=True):
                answers.p_values[metric, first, systems.index(name)] = result.p_value
    return answers
