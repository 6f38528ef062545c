"""What rented translators share: their language codes, what a request holds, what may change."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from evalharness.errors import EvalHarnessError
from evalharness.languages import sentence_separator, sentences, spellings
from evalharness.systems.remote.dispatch import Answers, Texts
from evalharness.systems.remote.grouping import fill_requests
from evalharness.systems.remote.remote import RemoteSystem
from evalharness.systems.system import languages_in_words
from evalharness.values.outputs import Facts, Failure, Translation

_NOT_SUPPORTED, _QUOTA_EXCEEDED = 400, 456


@dataclass(frozen=True)
class VendorSystem(RemoteSystem):
    """A translation service; the base of those that know its requests.

    What fills a request is not in the fingerprint: a service translates each text on its own. By
    the references of all five, a request succeeds or fails as a whole: none says that a translation
    is not finished, and an answer with fewer texts than were sent follows no protocol.

    Attributes:
        languages: The service's codes of the languages it has; `None` for any: it refuses itself.
        texts_per_request: How many texts a request may have.
        size_per_request: How large all of them together may be, in the service's own unit.
        price_per_million_characters: In any currency.
    """

    languages: list[str] | None = None
    texts_per_request: int = 25
    size_per_request: int = 5000
    price_per_million_characters: float = 0.0

    vendor: ClassVar[str]
    """Whose service it is."""
    unit: ClassVar[str] = "characters"
    """What `size` counts."""
    most_texts: ClassVar[int | None] = None
    """What the service allows in a request, by its documentation."""
    most_size: ClassVar[int | None] = None
    """Likewise; `None` where `size_per_request` says what a server allows."""
    own_codes: ClassVar[Mapping[str, str]] = {}
    """The service's code of a tag, where that is another."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for option, most in (
            ("texts_per_request", self.most_texts),
            ("size_per_request", self.most_size),
        ):
            value = getattr(self, option)
            if value < 1 or (most is not None and value > most):
                bound = "less than 1" if value < 1 else f"more than the {most} that it takes"
                raise EvalHarnessError(f"{value} is {bound}", where=option)

    @abstractmethod
    def ask(self, client: Any, texts: Texts, source: str, target: str) -> Sequence[str]:
        """Sends one request and returns what it made of each text.

        Args:
            client: What `connect` returned.
            texts: What is translated.
            source: The service's code.
            target: The service's code.

        Raises:
            RequestError: The request failed.
        """

    @abstractmethod
    def options(self) -> Facts:
        """What can change a translation, for the fingerprint, besides endpoint and languages."""

    def endpoint(self) -> str:
        """Which service is asked, for the fingerprint."""
        return self.base_url.rstrip("/")

    def size(self, text: str) -> int:
        """The size of a text as the service counts it."""
        return len(text)

    def codes(self, source: str, target: str) -> tuple[str | None, str | None]:
        """The service's codes of two languages; `None` where it has no such language."""
        return self.code(source), self.code(target)

    def code(self, tag: str) -> str | None:
        """The service's code of a language, of its region or script if it has one for that."""
        tags = spellings(tag)
        known = [self.own_codes[tag] for tag in tags if tag in self.own_codes]
        if self.languages is None:
            return [*known, tags[-1]][0]
        codes = {code.lower(): code for code in self.languages}
        for tag in tags:
            if found := codes.get(self.own_codes.get(tag, tag).lower()):
                return found
        return None

    def supports(self, source: str, target: str) -> bool:
        """Whether the service has both languages, and they are two."""
        codes = self.codes(source, target)
        return None not in codes and spellings(source)[-1] != spellings(target)[-1]

    def supported(self) -> str:
        """Its languages."""
        return languages_in_words(self.languages)

    def fingerprint(self, source: str, target: str) -> Facts:
        """Which service, and all that is sent to it; what it has become meanwhile nobody knows."""
        return {
            "system": type(self).__name__,
            "endpoint": self.endpoint(),
            "languages": list(self.codes(source, target)),
            **self.options(),
        }

    def notes_on_days(self, days: Sequence[str]) -> Sequence[str]:
        """That nobody knows which version answered, and when it did."""
        when = f" of {' to '.join(dict.fromkeys((days[0], days[-1])))}" if days else ""
        what = f"{self.vendor} may change its models without notice"
        return (f"{what}: these are its first answers{when}",)

    def advice(self, status: int | None) -> str:
        """What to do about a language that it does not have, and about a quota."""
        if status == _NOT_SUPPORTED:
            return "choose another model= or testset=, or give its codes: model.languages=[...]"
        if status == _QUOTA_EXCEEDED:
            return "wait for the next billing period, or raise the limit in your account"
        return super().advice(status)

    def pieces(self, text: str, source: str) -> Sequence[str]:
        """A segment; as many of its sentences as fit, if it is larger than a request may be."""
        if self.size(text) <= self._limit:
            return (text,)
        parts: list[str] = []
        for sentence in sentences(text, source):
            longer = f"{parts[-1]}{sentence_separator(source)}{sentence}" if parts else sentence
            if parts and self.size(longer) <= self._limit:
                parts[-1] = longer
            else:
                parts.append(sentence)
        return parts

    def batches(self, texts: Sequence[str], source: str, target: str) -> Sequence[Sequence[int]]:
        """What goes into one request each."""
        sizes = [self.size(text) for text in texts]
        return fill_requests(sizes, self.texts_per_request, self.size_per_request)

    def translate_batches(
        self, batches: Iterator[Sequence[str]], source: str, target: str
    ) -> Iterator[tuple[str, Translation | Failure]]:
        """Sends what the service takes; a sentence that is too large fails, and is not cut."""
        too_large: list[str] = []

        def fitting() -> Iterator[Sequence[str]]:
            for texts in batches:
                too_large.extend(text for text in texts if self.size(text) > self._limit)
                if fits := [text for text in texts if self.size(text) <= self._limit]:
                    yield fits

        yield from super().translate_batches(fitting(), source, target)
        why = Failure(f"a sentence of more than {self._limit} {self.unit}")
        yield from ((text, why) for text in too_large)

    def send(self, client: Any, texts: Texts, source: str, target: str) -> Answers:
        """Asks in the service's own codes."""
        source_code, target_code = self.codes(source, target)
        assert source_code is not None and target_code is not None
        return [Translation(text) for text in self.ask(client, texts, source_code, target_code)]

    @property
    def _limit(self) -> int:
        return self.size_per_request if self.most_size is None else self.most_size


def given(**options: object) -> dict[str, Any]:
    """Returns the options that were given; those of `None` are left to the service."""
    return {name: value for name, value in options.items() if value is not None}
