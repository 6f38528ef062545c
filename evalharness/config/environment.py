"""What a configuration takes from environment variables: used, and shown nowhere.

`${oc.env:NAME}` is how a secret gets into an option that has no variable of its own for it.
Importing this module makes every value that is resolved so one that no log and no error shows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.resolvers import oc

from evalharness.secrecy import hold

_RESOLVER = "oc.env"
_NO_SECRETS = frozenset({"EVALHARNESS_STORE"})  # our own; messages name the place of the store


def environment_values(node: DictConfig) -> frozenset[str]:
    """Returns the values of the environment variables that a part of the configuration uses."""
    found: set[str] = set()

    def noting(name: str, *default: Any) -> Any:
        value = _held(name, *default)
        if _is_secret(name):
            found.add(str(value))
        return value

    with _resolving_by(noting):
        OmegaConf.to_container(node, resolve=True)
    return frozenset(found)


def redacted(config: DictConfig) -> dict[str, Any]:
    """Returns the resolved configuration, with `${oc.env:NAME}` left as it stands."""
    untyped = OmegaConf.create(OmegaConf.to_container(config))
    with _resolving_by(_redacting):
        shown: Any = OmegaConf.to_container(untyped, resolve=True)
    return {str(key): value for key, value in shown.items()}


def redacted_yaml(config: DictConfig) -> str:
    """Returns `redacted` as YAML."""
    return OmegaConf.to_yaml(OmegaConf.create(redacted(config)))


def _held(name: str, *default: Any) -> Any:
    value = oc.env(name, *default)
    if _is_secret(name):
        hold(str(value), _as_it_stands(name))
    return value


def _redacting(name: str, *default: Any) -> Any:
    return oc.env(name, *default) if name in _NO_SECRETS else _as_it_stands(name, *default)


def _is_secret(name: str) -> bool:
    return name in os.environ and name not in _NO_SECRETS


def _as_it_stands(*arguments: Any) -> str:
    return f"${{{_RESOLVER}:{','.join(map(str, arguments))}}}"


@contextmanager
def _resolving_by(resolver: Callable[..., Any]) -> Iterator[None]:
    """Resolves in another way in this thread."""
    token = _current.set(resolver)
    try:
        yield
    finally:
        _current.reset(token)


_current: ContextVar[Callable[..., Any]] = ContextVar("resolver", default=_held)


def _resolve(*arguments: Any) -> Any:
    """A function with a name: a parallel sweep sends the resolvers to its processes."""
    return _current.get()(*arguments)


OmegaConf.register_new_resolver(_RESOLVER, _resolve, replace=True)
