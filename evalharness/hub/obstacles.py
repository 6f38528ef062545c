"""What may stand between a checkpoint and its use, each in one line that says the way round.

What requests says is not repeated: it may hold a signed address.
"""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from evalharness.errors import EvalHarnessError
from evalharness.secrecy import scrub

_LONGEST = 200
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PAGE = "https://huggingface.co/{name}"

# What is wrong, and the hint; see `Obstacles.error` for the names in braces.
_WORDS = {
    "offline": (
        "{state}, and HF_HUB_OFFLINE (or TRANSFORMERS_OFFLINE) forbids to ask the hub",
        "unset it, or {elsewhere}",
    ),
    "unreachable": ("{state}, and {host} cannot be reached ({error})", "{elsewhere}"),
    "unknown": (
        "neither a folder here nor a repository on the hub that can be read",
        "correct {key}=; for a private repository set HF_TOKEN",
    ),
    "gated": (
        "gated: its licence has to be accepted first",
        f"accept it at {_PAGE}, then set HF_TOKEN to a token of the account that did",
    ),
    "no revision": (
        "the repository has no revision {asked!r}",
        f"give {{key}}={{name}}@ with a branch, tag or commit that {_PAGE}/commits lists",
    ),
    "commit gone": ("the repository has no revision {asked!r}", "{command} takes the newest one"),
    "token": ("{host} does not accept the token", "renew or unset HF_TOKEN"),
    "forbidden": (
        "{host} answers with status {status}",
        "give HF_TOKEN a token with the right to read it",
    ),
    "status": ("{host} answers with status {status}", "try again later, or give {key}=FOLDER"),
    "no hub": (
        "what answers at {host} is not the hub",
        "check proxy and HF_ENDPOINT, or give {key}=FOLDER",
    ),
    "not there": (
        "a file that the hub lists is not on the hub",
        "{command} goes on where it stopped",
    ),
    "broken off": ("the download broke off ({error})", "{command} goes on where it stopped"),
    "other content": (
        "{file} is not the file whose hash {host} lists; it was removed",
        "{command} downloads it anew",
    ),
    "full": (
        "cannot be downloaded to {place}: {error}",
        "free space, or set HF_HOME to a folder on another disk",
    ),
    "not written": (
        "cannot be downloaded to {place}: {error}",
        "set HF_HOME to a folder that can be written",
    ),
}


class NotDownloadedError(EvalHarnessError):
    """A checkpoint is not here, and the hub does not give it, or there is no way to the hub."""


@dataclass(frozen=True)
class Obstacles:
    """How the errors of one checkpoint are worded.

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

    def error(self, obstacle: str, **facts: object) -> NotDownloadedError:
        """Returns the error of an obstacle of `_WORDS`.

        Args:
            obstacle: Its name there.
            facts: What its sentence needs besides the name and the option of the checkpoint, the
                command that downloads it, and the hub's host.
        """
        from huggingface_hub import constants

        folder = f"give {self.key}=FOLDER"
        run = f"run {self.fetch_with} where there is a network, or " if self.fetch_with else ""
        known = {
            "name": self.name,
            "key": self.key,
            "command": self.fetch_with or "the same command",
            "elsewhere": f"{run}{folder}",
            "host": urlsplit(constants.ENDPOINT).hostname or "HF_ENDPOINT",
        }
        what, hint = (words.format(**known, **facts) for words in _WORDS[obstacle])
        return NotDownloadedError(what, where=self.name, hint=hint)

    def met(self, error: Exception, asked: str, state: str = "") -> NotDownloadedError:
        """Words what huggingface_hub raised.

        Args:
            error: What it raised.
            asked: The revision that it was asked for.
            state: What is here of it, in words; empty once files are downloaded.
        """
        from huggingface_hub import errors
        from requests import exceptions as requests

        if isinstance(error, errors.LocalEntryNotFoundError):  # wraps what kept it from the hub
            error = error.__cause__ if isinstance(error.__cause__, Exception) else error
        status = getattr(getattr(error, "response", None), "status_code", None)
        match error:
            case errors.OfflineModeIsEnabled():
                return self.error("offline", state=state)
            case errors.GatedRepoError():
                return self.error("gated")
            case errors.RevisionNotFoundError():
                known = "no revision" if asked == self.revision else "commit gone"
                return self.error(known, asked=asked)
            case errors.RepositoryNotFoundError():
                return self.error("unknown")
            case errors.EntryNotFoundError():
                return self.error("not there")
            case UnicodeError() | requests.InvalidHeader():
                return self._refused(401)
            case _ if status is not None:
                return self._refused(status)
            case ValueError() | TypeError() | KeyError() | errors.FileMetadataError():
                return self.error("no hub")  # such as a login page
            case requests.RequestException():
                words = type(error).__name__
            case OSError() if error.errno:
                return self._not_written(error)
            case _:
                words = f"{type(error).__name__}: {_harmless(error)}"
        return self.error("unreachable" if state else "broken off", error=words, state=state)

    def _refused(self, status: int) -> NotDownloadedError:
        from huggingface_hub import get_token

        named = {401: "token" if get_token() else "unknown", 403: "forbidden"}
        return self.error(named.get(status, "status"), status=status)

    def _not_written(self, error: OSError) -> NotDownloadedError:
        from huggingface_hub import constants

        obstacle = "full" if error.errno in _FULL else "not written"
        place = error.filename or constants.HF_HUB_CACHE
        return self.error(obstacle, place=place, error=error.strerror)


def damaged(
    folder: Path, error: Exception, fetch_with: str = "", key: str = "model.checkpoint"
) -> EvalHarnessError:
    """Says that a library could not load files that are all there.

    Args:
        folder: What `Checkpoint.folder` returned.
        error: What the library raised.
        fetch_with: The command that downloads the checkpoint anew.
        key: The option that names it.

    Returns:
        An error for the caller to raise from `error`.
    """
    what = f"cannot be loaded: {type(error).__name__}: {_short(str(error)) or 'no message'}"
    cached = folder.parent.parent
    if is_commit(folder.name) and cached.name.startswith("models--"):
        name = cached.name.removeprefix("models--").replace("--", "/")
        command = fetch_with or "run the same command again"
        hint = f"if a file is damaged, delete {cached}, then {command}"
        return EvalHarnessError(what, where=name, hint=hint)
    hint = f"choose another {key}=, or copy a damaged folder anew"
    return EvalHarnessError(what, where=folder, hint=hint)


def is_commit(revision: str) -> bool:
    """Whether a revision is a full commit hash, which can never mean anything else."""
    return re.fullmatch("[0-9a-f]{40}", revision) is not None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def _harmless(error: Exception) -> str:
    """What an error says, without addresses, which may be signed, and without the token."""
    from huggingface_hub import get_token

    message = scrub(str(error), [get_token() or ""])
    return _short(re.sub(r"\w+://\S+|\S*\?\S*=\S*", "...", message))
