"""What is said when a checkpoint is whole by its file names and yet cannot be loaded."""

from __future__ import annotations

from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.hub.cache import repository_of

_LONGEST = 200


def damaged(
    folder: Path, error: Exception, fetch_with: str = "", key: str = "model.checkpoint"
) -> EvalHarnessError:
    """Tells that a library could not load a checkpoint's files.

    Args:
        folder: What `Checkpoint.folder` returned.
        error: What the library raised.
        fetch_with: The command that downloads the checkpoint anew.
        key: The option that names it.

    Returns:
        An error for the caller to raise from `error`.
    """
    said = " ".join(str(error).split()) or "no message"
    if len(said) > _LONGEST:
        said = f"{said[:_LONGEST]}..."
    what = f"cannot be loaded: {type(error).__name__}: {said}"
    repository = repository_of(folder)
    if repository is None:
        return EvalHarnessError(
            what,
            where=folder,
            mend=f"choose another {key}=, or copy a damaged folder anew",
        )
    cached = folder.parent.parent
    command = fetch_with or "run the same command again"
    return EvalHarnessError(
        what, where=repository, mend=f"if a file is damaged, delete {cached}, then {command}"
    )
