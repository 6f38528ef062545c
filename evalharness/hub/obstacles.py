"""What may stand between a checkpoint and its download, each in one line that says the way round.

What requests says is not repeated: it may hold a signed address.
"""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from evalharness.errors import EvalHarnessError

_LONGEST = 200
_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class NotDownloadedError(EvalHarnessError):
    """A checkpoint is not here, and the hub does not give it, or there is no way to the hub."""


@dataclass(frozen=True)
class Obstacles:
    """How the errors of one checkpoint are told.

    Attributes:
        name: The checkpoint's name.
        revision: Its revision.
        fetch_with: The command that downloads it.
        key: The option that names it: `model.checkpoint`.
    """

    name: str
    revision: str
    fetch_with: str
    key: str

    def offline(self, state: str) -> EvalHarnessError:
        """No network is wanted."""
        return self._error(
            f"{state}, and HF_HUB_OFFLINE (or TRANSFORMERS_OFFLINE) forbids to ask the hub",
            f"unset it, or {self._elsewhere}",
        )

    def asking(self, error: Exception, revision: str, state: str) -> EvalHarnessError:
        """The hub does not say what the repository holds."""
        from huggingface_hub import constants
        from huggingface_hub.errors import (
            GatedRepoError,
            HFValidationError,
            RepositoryNotFoundError,
            RevisionNotFoundError,
        )
        from requests.exceptions import InvalidHeader, RequestException

        if isinstance(error, GatedRepoError):
            return self._gated()
        if isinstance(error, RevisionNotFoundError):
            return self._no_revision(revision)
        if isinstance(error, (RepositoryNotFoundError, HFValidationError)):
            return self.unknown()
        if (status := _status(error)) is not None:
            return self._refused(status)
        if isinstance(error, (UnicodeError, InvalidHeader)):
            return self._refused(401)
        if isinstance(error, (ValueError, TypeError, KeyError)):  # such as a login page
            return self.not_a_hub()
        if isinstance(error, OSError) and error.errno and not isinstance(error, RequestException):
            return self._not_written(error, constants.HF_HOME)
        unreachable = f"{_host()} cannot be reached ({type(error).__name__})"
        return self._error(f"{state}, and {unreachable}", self._elsewhere)

    def downloading(self, error: Exception, cache: Path) -> EvalHarnessError:
        """The download of a file failed."""
        from huggingface_hub.errors import (
            EntryNotFoundError,
            GatedRepoError,
            LocalEntryNotFoundError,
            RepositoryNotFoundError,
        )
        from requests import RequestException

        if isinstance(error, LocalEntryNotFoundError):  # wraps what kept it from the hub
            cause = error.__cause__
            error = cause if isinstance(cause, Exception) else error
        if isinstance(error, GatedRepoError):
            return self._gated()
        if isinstance(error, RepositoryNotFoundError):
            return self.unknown()
        if isinstance(error, EntryNotFoundError):
            return self._error("a file that the hub lists is not on the hub", self._again)
        if (status := _status(error)) is not None:
            return self._refused(status)
        if isinstance(error, OSError) and error.errno and not isinstance(error, RequestException):
            return self._not_written(error, error.filename or cache)
        told = type(error).__name__
        if not isinstance(error, RequestException):
            told = f"{told}: {_harmless(error)}"
        return self._error(f"the download broke off ({told})", self._again)

    def incomplete_on_the_hub(self, missing: str) -> EvalHarnessError:
        """The repository lacks what a loader looks for."""
        return EvalHarnessError(
            f"the repository has no {missing} at revision {self.revision}",
            where=self.name,
            mend=f"choose another {self.key}=",
        )

    def other_content(self, name: str) -> EvalHarnessError:
        """A file came with another content than the hub lists."""
        return self._error(
            f"{name} is not the file whose hash {_host()} lists; it was removed",
            f"{self.fetch_with or 'the same command'} downloads it anew",
        )

    def not_a_hub(self) -> EvalHarnessError:
        """Something else answers at the hub's address."""
        return self._error(
            f"what answers at {_host()} is not the hub",
            f"check proxy and HF_ENDPOINT, or {self._folder}",
        )

    @property
    def _elsewhere(self) -> str:
        command = f"run {self.fetch_with} where there is a network, or " if self.fetch_with else ""
        return f"{command}{self._folder}"

    @property
    def _folder(self) -> str:
        return f"give {self.key}=FOLDER"

    @property
    def _again(self) -> str:
        command = self.fetch_with or "the same command"
        return f"{command} goes on where it stopped"

    def _gated(self) -> EvalHarnessError:
        return self._error(
            "gated: its licence has to be accepted first",
            f"accept it at https://huggingface.co/{self.name}, then set HF_TOKEN to a token of the"
            " account that did",
        )

    def unknown(self) -> EvalHarnessError:
        """The name means nothing."""
        return self._error(
            "neither a folder here nor a repository on the hub that can be read",
            f"correct {self.key}=; for a private repository set HF_TOKEN",
        )

    def _no_revision(self, revision: str) -> EvalHarnessError:
        if revision == self.revision:
            mend = (
                f"give {self.key}={self.name}@ with a branch, tag or commit that"
                f" https://huggingface.co/{self.name}/commits lists"
            )
        else:
            mend = f"{self.fetch_with or 'a new download'} takes the newest one"
        return self._error(f"the repository has no revision {revision!r}", mend)

    def _refused(self, status: int) -> EvalHarnessError:
        from huggingface_hub import get_token

        if status == 401 and not get_token():
            return self.unknown()
        if status == 401:
            return self._error(f"{_host()} does not accept the token", "renew or unset HF_TOKEN")
        if status == 403:
            mend = "give HF_TOKEN a token with the right to read it"
        else:
            mend = f"try again later, or {self._folder}"
        return self._error(f"{_host()} answers with status {status}", mend)

    def _not_written(self, error: OSError, where: str | Path) -> EvalHarnessError:
        mend = "set HF_HOME to a folder that can be written"
        if error.errno in _SPACE:
            mend = "free space, or set HF_HOME to a folder on another disk"
        return self._error(f"cannot be downloaded to {where}: {error.strerror}", mend)

    def _error(self, what: str, mend: str) -> NotDownloadedError:
        return NotDownloadedError(what, where=self.name, mend=mend)


def _status(error: Exception) -> int | None:
    response = getattr(error, "response", None)
    return getattr(response, "status_code", None)


def _harmless(error: Exception) -> str:
    """What an error says, without addresses, which may be signed, and without the token."""
    from huggingface_hub import get_token

    said = re.sub(r"\w+://\S+|\S*\?\S*=\S*", "...", " ".join(str(error).split()))
    token = get_token()
    said = said.replace(token, "...") if token else said
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."


def _host() -> str:
    from huggingface_hub import constants

    return urlsplit(constants.ENDPOINT).hostname or "HF_ENDPOINT"
