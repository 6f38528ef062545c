"""Links in folders that others made: through them, files elsewhere would be written or removed."""

from __future__ import annotations

from pathlib import Path

from evalharness.errors import EvalHarnessError


def refuse_links(path: Path, root: Path, option: str = "results_dir") -> None:
    """Refuses a path that leads through a link.

    Args:
        path: What is to be written.
        root: The folder that the user named; it may itself be a link.
        option: The option that named it, for the error.

    Raises:
        EvalHarnessError: The path, or a folder between it and the root, is a link.
    """
    for part in (path, *path.parents):
        if part == root:
            return
        if part.is_symlink():
            raise EvalHarnessError(
                f"a link to {part.readlink()}, which is not written through",
                where=part,
                hint=f"remove it, or choose another {option}=",
            )


def refuse_links_inside(folder: Path, option: str) -> None:
    """Refuses a store with links, or with pipes and devices, in it or in one of its rooms.

    Raises:
        EvalHarnessError: One is there.
    """
    for pattern in ("*", "*/*"):
        for path in sorted(folder.glob(pattern)):
            refuse_links(path, folder, option)
            if not (path.is_file() or path.is_dir()) and path.exists():
                raise EvalHarnessError(
                    "neither a file nor a folder",
                    where=path,
                    hint=f"remove it, or choose another {option}=",
                )
