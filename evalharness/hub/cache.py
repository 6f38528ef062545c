"""The local cache of the Hugging Face hub, as huggingface_hub lays it out.

`models--<owner>--<name>/` holds `refs/<branch or tag>` (a commit each), `snapshots/<commit>/`
(links to blobs) and `blobs/<hash>`, or `blobs/<hash>.incomplete` while one is downloaded.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SNAPSHOT = re.compile(r"models--(?P<id>.+)")


def is_commit(revision: str) -> bool:
    """Whether a revision is a full commit hash, which can never mean anything else."""
    return _COMMIT.fullmatch(revision) is not None


@dataclass(frozen=True)
class CachedRepository:
    """What the local cache holds of a repository.

    Attributes:
        name: The repository's id, `owner/name`.
    """

    name: str

    @property
    def folder(self) -> Path:
        """Its folder in the cache, which may not exist."""
        from huggingface_hub import constants
        from huggingface_hub.file_download import repo_folder_name

        return Path(constants.HF_HUB_CACHE) / repo_folder_name(repo_id=self.name, repo_type="model")

    def snapshot(self, commit: str) -> Path:
        """The folder of a commit's files, which may not exist."""
        return self.folder / "snapshots" / commit

    def commit(self, revision: str) -> str | None:
        """The commit that a revision stood for when it was last downloaded."""
        try:
            noted = (self.folder / "refs" / revision).read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None
        return noted if is_commit(noted) else None

    def only_commit(self) -> str | None:
        """The one commit that something is here of, such as an interrupted download."""
        snapshots = [path.name for path in (self.folder / "snapshots").glob("*")]
        return snapshots[0] if len(snapshots) == 1 else None

    def note(self, revision: str, commit: str) -> None:
        """Notes the commit that a revision stands for from now on.

        Raises:
            OSError: The cache cannot be written.
        """
        if revision == commit or self.commit(revision) == commit:
            return
        path = self.folder / "refs" / revision
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        temporary.write_text(commit, encoding="ascii")
        temporary.replace(path)

    def remove(self, path: Path) -> None:
        """Removes a snapshot's file and the blob it links to.

        Raises:
            OSError: The cache cannot be written.
        """
        blob = path.resolve()
        path.unlink()
        if blob.parent == (self.folder / "blobs").resolve():
            blob.unlink(missing_ok=True)

    def bytes_of(self, commit: str, name: str, blob: str | None) -> int:
        """How much of a file is here already, also of an interrupted download.

        Args:
            commit: The commit.
            name: The file.
            blob: The hash that the hub knows its content by, if known.
        """
        blobs = self.folder / "blobs"
        places = [self.snapshot(commit) / name]
        if blob:
            places += [blobs / blob, blobs / f"{blob}.incomplete"]
        for place in places:
            if place.is_file():
                return place.stat().st_size
        return 0


def repository_of(snapshot: Path) -> str | None:
    """Returns the hub id that a snapshot's folder belongs to; `None` for another folder."""
    if snapshot.parent.name != "snapshots" or not is_commit(snapshot.name):
        return None
    match = _SNAPSHOT.fullmatch(snapshot.parent.parent.name)
    return match["id"].replace("--", "/") if match else None
