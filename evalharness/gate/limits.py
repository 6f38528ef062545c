"""How often a check may fire: more often than in the baseline by a margin, or at most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from evalharness.checks import Check
from evalharness.errors import EvalHarnessError
from evalharness.gate.baselines import BaselineCheck
from evalharness.gate.margins import FAMILIES


class Limit(NamedTuple):
    """One question about a check.

    Attributes:
        option: What asks it: `margin` or `max_rate`.
        check: The check's id.
        rate: How much higher the rate may be, or how high.
    """

    option: str
    check: str
    rate: float

    @property
    def name(self) -> str:
        """What the verdict is called: the option."""
        return f"{self.option}.{self.check}"


@dataclass(frozen=True)
class Limits:
    """What a gate asks of checks, and the checks that look again.

    Attributes:
        checks: The checks that the user has configured.
        margins: How much higher a rate may be than the baseline's, by the check's id. There may be
            other names, which are metrics'.
        max_rates: How high a rate may be, by the check's id.
        given: Which of these options the command line gives, such as `max_rate.empty`: they go
            before the baseline's own.
        base: The revision that the baseline is taken from, whose limits may only be narrowed;
            `None` where it is taken from the working tree.
    """

    checks: Sequence[Check] = ()
    margins: Mapping[str, float] = field(default_factory=dict)
    max_rates: Mapping[str, float] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    base: str | None = None

    def __post_init__(self) -> None:
        for name, rate in self.max_rates.items():
            _check_rate(Limit("max_rate", name, rate))

    def check(self, name: str) -> Check | None:
        """Returns the configured check of this id."""
        return next((check for check in self.checks if check.id == name), None)

    def asked(self, name: str, held: BaselineCheck | None) -> Iterator[Limit]:
        """Yields what is asked of a check: by the command line, the baseline, or the configuration.

        Args:
            name: The check's id.
            held: What the baseline holds of it.

        Raises:
            EvalHarnessError: A limit is none, or wider than the base's.
        """
        for option, known, before in (
            ("margin", self.margins.get(name), held.margin if held else None),
            ("max_rate", self.max_rates.get(name), held.max_rate if held else None),
        ):
            is_given = f"{option}.{name}" in self.given or option in self.given
            rate = before if before is not None and not (is_given and known is not None) else known
            if rate is None:
                continue
            limit = Limit(option, name, rate)
            _check_rate(limit)
            if self.base is not None and before is not None and rate > before:
                raise _wider(limit, before, self.base)
            yield limit

    def check_known(self, checks: Iterable[str], metrics: Iterable[str]) -> None:
        """Refuses a limit for what nobody has: a name that is misspelt would gate nothing.

        Args:
            checks: The checks of the baseline and of the candidate.
            metrics: Their metrics, and what `metric=` calls those that score again.

        Raises:
            EvalHarnessError: There is such a limit.
        """
        known = list(dict.fromkeys([*checks, *(check.id for check in self.checks)]))
        for name in self.max_rates:
            if name not in known:
                raise _unknown(f"max_rate.{name}", "no such check", f"checks: {_listed(known)}")
        rated = list(dict.fromkeys(metrics))
        for option in sorted(self.given):
            part, _, name = option.partition(".")
            if part == "margin" and name and name not in (*known, *rated, *FAMILIES):
                hint = f"metrics: {_listed(rated)}; checks: {_listed(known)}"
                raise _unknown(option, "no such metric or check", hint)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def _unknown(option: str, what: str, hint: str) -> EvalHarnessError:
    return EvalHarnessError(what, where=option, hint=hint)


def _check_rate(limit: Limit) -> None:
    if not 0 < limit.rate < 1:
        raise EvalHarnessError(
            f"{limit.rate:g} is no rate between 0 and 1",
            where=limit.name,
            hint="give a rate such as 0.005, half a percent; with 0 no candidate could pass, since"
            " none flagged of n segments shows no more than a rate below about 3 / n",
        )


def _wider(limit: Limit, held: float, base: str) -> EvalHarnessError:
    return EvalHarnessError(
        f"{limit.rate:g}, but the baseline of {base} holds {held:g}",
        where=limit.name,
        hint=f"write the baseline anew with gate update=true {limit.name}={limit.rate:g}, and bring"
        f" it into {base}",
    )
