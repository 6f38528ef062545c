"""What all systems over the wire share: a server's address, a key, limits, and how one asks."""

from __future__ import annotations

import logging
import threading
import traceback
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from omegaconf import MISSING

from evalharness.errors import EvalHarnessError
from evalharness.secrecy import hold, scrub
from evalharness.systems.remote.answers import vetted
from evalharness.systems.remote.dispatch import Answers, Texts, dispatch
from evalharness.systems.remote.errors import RequestError, shortened, within_bounds
from evalharness.systems.remote.keys import check_address, check_variable, read_key
from evalharness.systems.remote.limits import Limits
from evalharness.systems.remote.route import proxy_secrets
from evalharness.systems.system import Prices, System
from evalharness.values.outputs import Failure, Translation

log = logging.getLogger(__name__)

_BYTES_A_TOKEN = 3  # of UTF-8; a guess that the server's own count corrects


@dataclass(frozen=True)
class RemoteSystem(System):
    """A server that is asked; the base of those that know its protocol.

    A subclass says how one connects and sends one request: `connect`, `send`. Concurrency, limits,
    retries, the deadline, keys that are never shown and what ends a run are here.

    Attributes:
        name: Name in tables and folders.
        base_url: The server's address; empty for the client's own.
        api_key_env: The environment variable that holds the key; empty if none is needed.
        concurrency: Requests at a time.
        requests_per_minute: Started in any minute, retries included; `None` for no bound.
        tokens_per_minute: Read and written in any minute; `None` for no bound.
        max_retries: How often a request that failed is sent again.
        timeout: Seconds that a server may be silent; a request takes at most ten times as many.
        deadline: Seconds for a whole language pair; `None` for no bound.
    """

    name: str = MISSING
    base_url: str = ""
    api_key_env: str = ""
    concurrency: int = 8
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    max_retries: int = 6
    timeout: float = 60.0
    deadline: float | None = None

    def __post_init__(self) -> None:
        if self.api_key_env:
            check_variable(self.api_key_env)
        if self.base_url:
            check_address(self.base_url)
        if self.concurrency < 1:
            raise EvalHarnessError(f"{self.concurrency} is less than 1", where="concurrency")
        if self.max_retries < 0:
            raise EvalHarnessError(f"{self.max_retries} is less than 0", where="max_retries")
        for option in ("requests_per_minute", "tokens_per_minute", "timeout", "deadline"):
            value = getattr(self, option)
            if value is not None and not value > 0:
                raise EvalHarnessError(f"{value} is not more than 0", where=option)
        for option in (field.name for field in fields(self) if field.name.startswith("price_")):
            if not getattr(self, option) >= 0:
                raise EvalHarnessError("less than 0", where=option)

    @abstractmethod
    def connect(self) -> Any:
        """Returns a client, which all threads share and `close()` ends; it does not retry.

        The key is read here, with `key`.
        """

    @abstractmethod
    def send(self, client: Any, texts: Texts, source: str, target: str) -> Answers:
        """Sends one request; called on several threads at a time.

        Args:
            client: What `connect` returned.
            texts: One of the `batches`.
            source: BCP-47 code.
            target: BCP-47 code.

        Returns:
            One answer per text, in their order.

        Raises:
            RequestError: The request failed; the client's own errors are turned into it.
        """

    def understood(self, error: RequestError) -> RequestError:
        """Returns what a failure means in the words of the service, where it has its own."""
        return error

    def address(self) -> str:
        """Where the server is, for errors."""
        return self.base_url or self.name

    def how_to_start(self) -> str:
        """What to do when no connection can be made."""
        return "check the network and model.base_url="

    def advice(self, status: int | None) -> str:
        """What to do when the first request is refused with this status."""
        if status == 404:
            return "check model.base_url= and the names that are sent to it"
        if status is not None and 300 <= status < 400:
            return "give the new address: model.base_url="
        if status == 402:
            return "add to the credit of your account"
        if status == 429:
            return "wait, or raise the limit in your account; the same command then goes on"
        if status is not None and status >= 500:
            return "run the same command again later: it goes on where it stopped"
        if status == 407:
            return "give the proxy its user and password: http://USER:PASSWORD@HOST:PORT"
        if self.api_key_env:
            return f"check the key in the environment variable {self.api_key_env}"
        return "name the environment variable with the key: model.api_key_env="

    def tokens(self, texts: Texts) -> int:
        """About how many tokens a request reads and writes: as many again as the texts have."""
        return 2 * sum(guess_tokens(text) for text in texts)

    def key(self) -> str:
        """Reads the key.

        Raises:
            EvalHarnessError: The environment variable is not set.
        """
        return read_key(self.api_key_env, self.name)

    def secrets(self) -> Sequence[str]:
        """What must not be shown."""
        return (self.key(),) if self.api_key_env else ()

    def private(self) -> bool:
        """What was asked for with a key."""
        return bool(self.api_key_env)

    def missing_to_translate(self) -> str | None:
        """The environment variable that is not set."""
        try:
            self.secrets()
        except EvalHarnessError as error:
            return f"{error.what}; {error.hint}"
        return None

    def missing_requirement(self) -> str | None:
        """Nothing: what it imports is always installed."""
        return None

    def hardware(self) -> str:
        """Somebody else's."""
        return "remote"

    def prices(self) -> Prices | None:
        """What the options `price_per_million_*` say."""
        prefix = "price_per_million_"
        options = [field.name for field in fields(self) if field.name.startswith(prefix)]
        given = {option.removeprefix(prefix): getattr(self, option) for option in options}
        return Prices(**given) if any(given.values()) else None

    def batches(self, texts: Sequence[str], source: str, target: str) -> Sequence[Sequence[int]]:
        """What goes into one request each: one text."""
        return [(position,) for position in range(len(texts))]

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | Failure]]:
        """Translates texts, all different, several requests at a time."""
        position = {text: number for number, text in enumerate(texts)}
        batches = self.batches(texts, source, target)
        requests = ([texts[number] for number in batch] for batch in batches)
        for text, made in self.translate_batches(requests, source, target):
            yield position[text], made

    def translate_batches(
        self, batches: Iterator[Sequence[str]], source: str, target: str
    ) -> Iterator[tuple[str, Translation | Failure]]:
        """Sends a request per batch, several at a time.

        Raises:
            EvalHarnessError: The key is missing; the server cannot be reached, or refuses the first
                requests with 401, 403 or 404.
        """
        limits = Limits(**{field.name: getattr(self, field.name) for field in fields(Limits)})
        secrets = [*self.secrets(), *proxy_secrets()]
        for secret in secrets:
            hold(secret)
        client = self.connect()
        logged: set[str] = set()
        answered = threading.Event()
        over = threading.Event()  # threads that are left behind say nothing any more

        def ask(texts: Texts) -> Answers:
            try:
                answers = self._ask(client, texts, source, target, secrets)
            except RequestError as error:
                ends_the_run = error.stops_the_run and not answered.is_set()
                new = error.reason not in logged and not ends_the_run
                if new and error.detail and not over.is_set():
                    logged.add(error.reason)
                    log.warning("%s: %s: %s", self.name, error.reason, error.detail)
                raise
            answered.set()
            return answers

        try:
            for texts, made in dispatch(batches, ask, limits, self.tokens, self._stopped):
                answers = [made] * len(texts) if isinstance(made, Failure) else made
                yield from zip(texts, answers, strict=True)
        finally:
            over.set()
        client.close()  # not after an error: threads that are left behind may still use it

    def _ask(
        self, client: Any, texts: Texts, source: str, target: str, secrets: Sequence[str]
    ) -> Answers:
        """Sends one request, and lets nothing secret out: neither in errors nor in answers."""
        try:
            answers = self.send(client, texts, source, target)
        except RequestError as error:
            failed: Exception = within_bounds(self.understood(error))
            error.reason, error.body = scrub(error.reason, secrets), None
            error.detail = shortened(scrub(error.detail, secrets))
        except EvalHarnessError as error:
            failed = EvalHarnessError(scrub(str(error), secrets))
        except Exception:
            failed = RuntimeError(scrub(traceback.format_exc(), secrets))
        else:
            if len(answers) != len(texts):
                raise RequestError("wrong number of translations", may_pass=True)
            return [vetted(answer, secrets) for answer in answers]
        # Outside of `except`, and without what it came from: the client's errors hold its headers.
        failed.__context__ = failed.__cause__ = None
        raise failed

    def _stopped(self, error: RequestError) -> EvalHarnessError:
        """What ends the run when nobody answered yet and the first requests are refused."""
        detail = f": {error.detail}" if error.detail else ""
        if error.unreachable:
            return EvalHarnessError(
                f"cannot be reached{detail}", where=self.address(), hint=self.how_to_start()
            )
        return EvalHarnessError(
            f"the server refuses the request with {error.reason}{detail}",
            where=f"{self.name}, {self.address()}",
            hint=self.advice(error.status),
        )


def guess_tokens(text: str) -> int:
    """Returns about how many tokens a text has."""
    return len(text.encode()) // _BYTES_A_TOKEN + 1
