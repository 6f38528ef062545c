"""Requests at the same time: a new one begins only when an answer has been taken, and kept.

The threads are daemons, and no lock is held while one waits: whoever interrupts the program need
not wait for a server that does not answer.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from evalharness.systems.remote.errors import RequestError
from evalharness.systems.remote.limits import Limits, Throttle
from evalharness.values.outputs import Failure, Translation

Texts = Sequence[str]
Answers = Sequence["Translation | Failure"]

_FIRST_BACKOFF, _LONGEST_BACKOFF = 0.5, 60.0


def dispatch(
    batches: Iterator[Texts],
    ask: Callable[[Texts], Answers],
    limits: Limits,
    tokens: Callable[[Texts], int],
    stopped: Callable[[RequestError], Exception],
) -> Iterator[tuple[Texts, Answers | Failure]]:
    """Asks for batches, several at a time, and yields each with its answers as they come.

    Only one request is on its way until the first has succeeded or failed: a wrong key costs one.
    Once a quota is used up, nothing more is asked.

    Args:
        batches: What is asked for, a batch a request; drawn when a request can begin.
        ask: Sends one request; called on several threads.
        limits: How fast, and how often.
        tokens: About how many tokens a request reads and writes.
        stopped: Makes the error that ends the run when the first requests are refused.

    Raises:
        Exception: What `stopped` makes, or what `ask` raised besides `RequestError`.
    """
    workers = _Workers(ask, limits, tokens)
    expires = time.monotonic() + (float("inf") if limits.deadline is None else limits.deadline)
    room, exhausted = 1, ""
    try:
        while True:
            expired = time.monotonic() >= expires
            while not expired and not exhausted and len(workers.busy) < room:
                if (drawn := next(batches, None)) is None:
                    break
                workers.begin(drawn)
            if not workers.busy and not expired:
                yield from ((batch, Failure(exhausted)) for batch in batches)
                return
            if (done := workers.next(expires)) is None:
                late = Failure(f"not done within the deadline of {limits.deadline:g} s")
                yield from ((batch, late) for batch in (*workers.busy.values(), *batches))
                return
            batch, outcome = done
            if isinstance(outcome, RequestError):
                if outcome.stops_the_run and not workers.answered:
                    raise stopped(outcome)
                exhausted = exhausted or (outcome.reason if outcome.exhausted else "")
                yield batch, Failure(outcome.reason)
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                yield batch, outcome
            room = limits.concurrency
    finally:
        workers.dismiss()


class _Workers:
    """Threads that ask; one more whenever all are busy.

    Attributes:
        busy: What is on its way, by the number of its request.
        answered: Whether any request succeeded.
    """

    def __init__(
        self, ask: Callable[[Texts], Answers], limits: Limits, tokens: Callable[[Texts], int]
    ) -> None:
        from tenacity import (
            Retrying,
            retry_if_exception,
            sleep_using_event,
            stop_after_attempt,
            wait_random_exponential,
        )

        self._ask, self._tokens = ask, tokens
        self._stop = threading.Event()
        self._throttle = Throttle(limits)
        self._retrying = Retrying(
            retry=retry_if_exception(self._is_worth_another_try),
            stop=stop_after_attempt(limits.max_retries + 1),
            wait=wait_random_exponential(_FIRST_BACKOFF, _LONGEST_BACKOFF),  # "full jitter"
            sleep=sleep_using_event(self._stop),
            reraise=True,
        )
        self._tasks: queue.SimpleQueue[tuple[int, Texts] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[int, Answers | BaseException]] = queue.SimpleQueue()
        self._threads = self._begun = 0
        self.busy: dict[int, Texts] = {}
        self.answered = False

    def begin(self, texts: Texts) -> None:
        """Has a request sent."""
        self._begun += 1
        self.busy[self._begun] = texts
        if len(self.busy) > self._threads:
            self._threads += 1
            threading.Thread(target=self._work, daemon=True).start()
        self._tasks.put((self._begun, texts))

    def next(self, expires: float) -> tuple[Texts, Answers | BaseException] | None:
        """Waits for an outcome; `None` if none comes in time."""
        left = expires - time.monotonic()
        try:
            number, outcome = self._done.get(timeout=None if left == float("inf") else max(left, 0))
        except queue.Empty:
            return None
        return self.busy.pop(number), outcome

    def dismiss(self) -> None:
        """Ends the threads that wait; those with a request on its way end when it does."""
        self._stop.set()
        for _ in range(self._threads):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            number, texts = task
            try:
                outcome: Answers | BaseException = self._retrying(self._attempt, texts)
            except BaseException as error:  # it is raised, or counted, by who draws the outcomes
                outcome = error
            self._done.put((number, outcome))

    def _attempt(self, texts: Texts) -> Answers:
        expected = self._tokens(texts)
        self._throttle.wait(expected, self._stop)
        if self._stop.is_set():
            raise RequestError("interrupted")
        try:
            answers = self._ask(texts)
        except RequestError as error:
            if error.wait is not None:
                self._throttle.hold(error.wait)
            raise
        self.answered = True
        if used := sum(_tokens_used(answer) for answer in answers):
            self._throttle.spent(used - expected)
        return answers

    def _is_worth_another_try(self, error: BaseException) -> bool:
        """Not if nobody ever answered there: the address is wrong, or the server not started."""
        return (
            isinstance(error, RequestError)
            and error.may_pass
            and (self.answered or not error.unreachable)
            and not self._stop.is_set()
        )


def _tokens_used(answer: Translation | Failure) -> int:
    if isinstance(answer, Failure):
        return 0
    return (answer.input_tokens or 0) + (answer.output_tokens or 0)
