"""What may stand between a checkpoint and its use, each in one line that says the way round.

What requests says is not repeated: it may hold a signed address.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from evalharness.errors import EvalHarnessError
from evalharness.secrecy import scrub

_LONGEST = 200
_PAGE = "https://huggingface.co/{name}"

# What is wrong, and the hint; see `worded` for the names in braces.
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
    "not written": (
        "cannot be downloaded to {place}: {error}",
        "free space, or set HF_HOME to a folder that can be written, such as one on another disk",
    ),
}


class NotDownloadedError(EvalHarnessError):
    """A checkpoint is not here, and the hub does not give it, or there is no way to the hub."""


def worded(
    obstacle: str, *, name: str, key: str, fetch_with: str, **facts: object
) -> NotDownloadedError:
    """Returns the error of an obstacle of `_WORDS`.

    Args:
        obstacle: Its name there.
        name: The checkpoint's name.
        key: The option that names it: `model.checkpoint`.
        fetch_with: The command that downloads it.
        facts: What else its sentence needs.
    """
    from huggingface_hub import constants

    run = f"run {fetch_with} where there is a network, or " if fetch_with else ""
    known = {
        "name": name,
        "key": key,
        "command": fetch_with or "the same command",
        "elsewhere": f"{run}give {key}=FOLDER",
        "host": urlsplit(constants.ENDPOINT).hostname or "HF_ENDPOINT",
    }
    what, hint = (words.format(**known, **facts) for words in _WORDS[obstacle])
    return NotDownloadedError(what, where=name, hint=hint)


def recognised(error: Exception) -> tuple[str, dict[str, object]]:
    """Returns which obstacle of `_WORDS` huggingface_hub has met, and what its sentence needs."""
    from huggingface_hub import constants, errors, get_token
    from requests import exceptions as requests

    if isinstance(error, errors.LocalEntryNotFoundError):  # wraps what kept it from the hub
        error = error.__cause__ if isinstance(error.__cause__, Exception) else error
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, UnicodeError | requests.InvalidHeader):
        status = 401  # the token is none that could be sent
    match error:
        case errors.OfflineModeIsEnabled():
            return "offline", {}
        case errors.GatedRepoError():
            return "gated", {}
        case errors.RevisionNotFoundError():
            return "no revision", {}
        case errors.RepositoryNotFoundError():
            return "unknown", {}
        case errors.EntryNotFoundError():
            return "not there", {}
        case _ if status is not None:
            named = {401: "token" if get_token() else "unknown", 403: "forbidden"}
            return named.get(status, "status"), {"status": status}
        case ValueError() | TypeError() | KeyError() | errors.FileMetadataError():
            return "no hub", {}  # such as a login page
        case OSError() if error.errno and not isinstance(error, requests.RequestException):
            place = error.filename or constants.HF_HUB_CACHE
            return "not written", {"place": place, "error": error.strerror}
    words = type(error).__name__
    if not isinstance(error, requests.RequestException):
        words = f"{words}: {_harmless(error)}"
    return "broken off", {"error": words}


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
