"""What runs a network: the seam between the systems and the engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

TokenIds = Sequence[int]


class EngineName(Enum):
    """The engines to choose from."""

    transformers = "transformers"
    ctranslate2 = "ctranslate2"


@dataclass(frozen=True)
class Decoding:
    """How a hypothesis is searched for; the same for every engine, whatever its own defaults.

    Attributes:
        beams: Width of the beam search; 1 is greedy. Scores are divided by length (a length
            penalty of 1), and the search ends once it has that many finished hypotheses.
        max_new_tokens: The length limit, in tokens, the end token included.
        repetition_penalty: Divides the score of tokens that occurred already (Keskar et al. 2019);
            1 is none.
        temperature: 0 takes the likeliest token; above it, tokens are drawn.
        top_k: Draws from the so many likeliest; 0 is no bound.
        top_p: Draws from the likeliest that together have this probability.
        seed: Seeds the draws; each text has draws of its own, whatever it is batched with.
    """

    beams: int
    max_new_tokens: int
    repetition_penalty: float = 1.0
    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Output:
    """What an engine made of one input.

    Attributes:
        ids: The new tokens, without what was said beforehand; special ones may be among them.
        finished: Whether it ended before the length limit.
        finite: Whether all scores of tokens were numbers; if not, the output means nothing.
    """

    ids: TokenIds
    finished: bool
    finite: bool


class Engine(Protocol):
    """A loaded network."""

    def generate(
        self, inputs: Sequence[TokenIds], decoding: Decoding, say: Mapping[str, int | str]
    ) -> list[Output]:
        """Generates one output per input, all at once.

        Args:
            inputs: Token ids, complete with what the model wants around them.
            decoding: How to search.
            say: How the target language is said to the decoder, in the words of `generate`:
                `forced_bos_token_id` or `tgt_lang`; empty where the input says it.
        """
        ...
