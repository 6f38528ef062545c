"""Encoder-decoder systems: a class for each way to name the languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from omegaconf import MISSING

from evalharness.errors import EvalHarnessError
from evalharness.languages import family_code, family_languages, normalised_pair
from evalharness.systems.neural.engine import EngineName, TokenIds
from evalharness.systems.neural.neural import NeuralSystem
from evalharness.systems.neural.reader import Reader, token_id
from evalharness.values.outputs import Facts


@dataclass(frozen=True)
class ForcedTarget(NeuralSystem):
    """The tokenizer is told the source, the decoder the target (NLLB, M2M100, mBART-50).

    Attributes:
        family: The column of `languages/families.csv` with the codes.
        token: How a code is written as a token: `{code}`, `__{code}__`.
        targets: The languages it translates into; `None` for all of the family.
    """

    family: str = MISSING
    token: str = "{code}"
    targets: list[str] | None = None

    def supports(self, source: str, target: str) -> bool:
        """Whether the family has both languages, and the checkpoint the target."""
        return _supports(self.family, self.targets, source, target)

    def supported(self) -> str:
        """The family's languages."""
        return _supported(self.family, self.targets)

    def recipe(self, source: str, target: str) -> Facts:
        """The two tokens."""
        return {"source": self._token(source), "forced": self._token(target)}

    def encode(self, reader: Reader, text: str, source: str, target: str) -> TokenIds:
        """The tokens of the text between the source's token and the end, as the tokenizer does."""
        token_id(reader, self._token(source))
        _tell(reader, self._code(source))
        return _ids(reader, text)

    def say(self, reader: Reader, target: str) -> Mapping[str, int | str]:
        """The target's token comes first."""
        return {"forced_bos_token_id": token_id(reader, self._token(target))}

    def _code(self, language: str) -> str:
        return _code(self, self.family, language)

    def _token(self, language: str) -> str:
        return self.token.format(code=self._code(language))


@dataclass(frozen=True)
class TargetOnSource(NeuralSystem):
    """M2M100's tokenizer is told the target instead of the source (SMaLL-100).

    Attributes:
        family: The column of `languages/families.csv` with the codes.
        token: How a code is written as a token.
    """

    family: str = MISSING
    token: str = "{code}"

    def supports(self, source: str, target: str) -> bool:
        """Whether the family has both languages."""
        return _supports(self.family, None, source, target)

    def supported(self) -> str:
        """The family's languages."""
        return _supported(self.family, None)

    def recipe(self, source: str, target: str) -> Facts:
        """The target's token."""
        return {"before_source": self.token.format(code=_code(self, self.family, target))}

    def encode(self, reader: Reader, text: str, source: str, target: str) -> TokenIds:
        """The tokens of the text between the target's token and the end."""
        code = _code(self, self.family, target)
        token_id(reader, self.token.format(code=code))
        _tell(reader, code)
        return _ids(reader, text)


@dataclass(frozen=True)
class TargetPrefix(NeuralSystem):
    """The text begins with the target's tag, and the source is not said (MADLAD-400).

    Attributes:
        family: The column of `languages/families.csv` with the codes.
        tag: How a code is written: `<2{code}>`.
    """

    family: str = MISSING
    tag: str = MISSING

    def supports(self, source: str, target: str) -> bool:
        """Whether the family has both languages."""
        return _supports(self.family, None, source, target)

    def supported(self) -> str:
        """The family's languages."""
        return _supported(self.family, None)

    def recipe(self, source: str, target: str) -> Facts:
        """The tag."""
        return {"prefix": f"{self._tag(target)} "}

    def encode(self, reader: Reader, text: str, source: str, target: str) -> TokenIds:
        """The tokens of the tag, a space, and the text."""
        token_id(reader, self._tag(target))
        return _ids(reader, text, prefix=f"{self._tag(target)} ")

    def _tag(self, target: str) -> str:
        return self.tag.format(code=_code(self, self.family, target))


@dataclass(frozen=True)
class CheckpointPerPair(NeuralSystem):
    """Each pair has a checkpoint of its own, and no language is said (OPUS-MT into English).

    `{source}` and `{target}` in `checkpoint` stand for the pair's codes.

    Attributes:
        pairs: The pairs that there are checkpoints for.
    """

    pairs: list[str] = MISSING

    def __post_init__(self) -> None:
        super().__post_init__()
        for_any = all(place in self.checkpoint for place in ("{source}", "{target}"))
        if len(self.pairs) > 1 and not for_any:
            raise EvalHarnessError(
                f"{self.checkpoint} is one checkpoint, for one pair",
                where="checkpoint",
                hint="say which with model.pairs=[tr-en], and choose a test set of that pair, or"
                " put {source} and {target} into model.checkpoint=",
            )

    def supports(self, source: str, target: str) -> bool:
        """Whether the pair is among `pairs`."""
        return f"{source}-{target}" in map(normalised_pair, self.pairs)

    def supported(self) -> str:
        """The pairs."""
        return f"it translates {', '.join(self.pairs)} (model.pairs=)"

    def weights_of(self, source: str, target: str) -> str:
        """The checkpoint of the pair."""
        return self.checkpoint.replace("{source}", source).replace("{target}", target)

    def recipe(self, source: str, target: str) -> Facts:
        """Nothing is said."""
        return {}

    def encode(self, reader: Reader, text: str, source: str, target: str) -> TokenIds:
        """The tokens of the text and the end."""
        if tags := getattr(reader.tokenizer, "supported_language_codes", None):
            raise EvalHarnessError(
                f"translates into several languages, and needs a tag such as {tags[0]}",
                where=reader.folder,
                hint="choose a checkpoint of one pair",
            )
        return _ids(reader, text)


@dataclass(frozen=True)
class Seamless(NeuralSystem):
    """The tokenizer is told the source, `generate` the target, by its own codes (SeamlessM4T)."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.engine is EngineName.ctranslate2:
            raise EvalHarnessError(
                "CTranslate2 cannot convert SeamlessM4T",
                where="engine",
                hint="use model.engine=transformers",
            )

    def supports(self, source: str, target: str) -> bool:
        """Whether it reads the one language and writes the other."""
        return _supports("seamless", None, source, target)

    def supported(self) -> str:
        """Its languages."""
        return _supported("seamless", None)

    def recipe(self, source: str, target: str) -> Facts:
        """The two codes."""
        return {"source": self._code(source), "tgt_lang": self._code(target)}

    def encode(self, reader: Reader, text: str, source: str, target: str) -> TokenIds:
        """The tokens of the text between the source's token and the end."""
        token_id(reader, f"__{self._code(source)}__")
        _tell(reader, self._code(source))
        return _ids(reader, text)

    def say(self, reader: Reader, target: str) -> Mapping[str, int | str]:
        """The target's code, which `generate` turns into a token."""
        token_id(reader, f"__{self._code(target)}__")
        return {"tgt_lang": self._code(target)}

    def _code(self, language: str) -> str:
        return _code(self, "seamless", language)


def _supports(family: str, targets: Sequence[str] | None, source: str, target: str) -> bool:
    codes = [family_code(language, family) for language in (source, target)]
    into = None if targets is None else {family_code(language, family) for language in targets}
    return None not in codes and codes[0] != codes[1] and (into is None or codes[1] in into)


def _supported(family: str, targets: Sequence[str] | None) -> str:
    known = ", ".join(family_languages(family))
    into = "any other of them" if targets is None else " or ".join(targets)
    return f"it translates from {known} into {into}"


def _code(system: NeuralSystem, family: str, language: str) -> str:
    code = family_code(language, family)
    if code is None:
        raise EvalHarnessError(
            f"has no code for {language}", where=system.name, hint=_supported(family, None)
        )
    return code


def _tell(reader: Reader, code: str) -> None:
    """Sets the tokenizer's source language, which rebuilds what surrounds the text."""
    reader.tokenizer.src_lang = code


def _ids(reader: Reader, text: str, prefix: str = "") -> TokenIds:
    # Seamless pads by default.
    ids: list[int] = reader.tokenizer(prefix + reader.letters(text), padding=False).input_ids
    return ids
