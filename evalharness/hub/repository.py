"""A repository of the Hugging Face hub: its commits, and the download of its files."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evalharness.errors import EvalHarnessError
from evalharness.hub.cache import CachedRepository, is_commit
from evalharness.hub.files import Files, Select, first_missing, lacking
from evalharness.hub.hashes import checked_headers, has_hash, listed_hash
from evalharness.hub.obstacles import Obstacles

if TYPE_CHECKING:
    from huggingface_hub.hf_api import ModelInfo

log = logging.getLogger(__name__)

# The commit that a revision means in this process, by cache folder and revision: what a
# fingerprint names is what is loaded, even if another process downloads a newer commit meanwhile.
_commits: dict[tuple[Path, str], str] = {}


@dataclass(frozen=True)
class Repository:
    """A repository at a revision.

    Attributes:
        name: Its id, `owner/name`.
        revision: A branch, tag or commit.
        select: Which of its files are wanted.
        obstacles: How its errors are told.
    """

    name: str
    revision: str
    select: Select
    obstacles: Obstacles

    def commit(self) -> str:
        """Returns the commit in use: the one downloaded last, else the hub's newest.

        Raises:
            EvalHarnessError: Nothing is downloaded, and the hub does not tell.
        """
        if is_commit(self.revision):
            return self.revision
        if self._key not in _commits:
            cached = self._cached.commit(self.revision)
            _commits[self._key] = cached or self._sha(self._ask(self.revision))
        return _commits[self._key]

    def is_here(self) -> bool:
        """Whether it can be used without the hub."""
        known = self.revision if is_commit(self.revision) else self._cached.commit(self.revision)
        return known is not None and not lacking(self._cached.snapshot(known), self.select)

    def folder(self) -> Path:
        """Returns the folder of the commit in use; downloads what is missing.

        Raises:
            EvalHarnessError: That is not possible, or the repository lacks something.
        """
        commit = self.commit()
        snapshot = self._cached.snapshot(commit)
        if lacking(snapshot, self.select):
            self._download(self._ask(commit))
        return snapshot

    def fetch(self) -> Path:
        """Downloads what is missing of the revision's newest commit, which is used from now on.

        Raises:
            EvalHarnessError: That is not possible, or the repository lacks something.
        """
        info = self._ask(self.revision)
        self._download(info)
        _commits[self._key] = self._sha(info)
        return self._cached.snapshot(self._sha(info))

    @property
    def _cached(self) -> CachedRepository:
        return CachedRepository(self.name)

    @property
    def _key(self) -> tuple[Path, str]:
        return self._cached.folder, self.revision

    def _sha(self, info: ModelInfo) -> str:
        if info.sha is None or not is_commit(info.sha):
            raise self.obstacles.not_a_hub()
        return info.sha

    def _ask(self, revision: str) -> ModelInfo:
        """What the hub says about a revision: its commit, its files and their sizes."""
        from huggingface_hub import HfApi, constants

        if constants.HF_HUB_OFFLINE:
            raise self.obstacles.offline(self._state(revision))
        try:
            return HfApi().model_info(
                self.name,
                revision=revision,
                files_metadata=True,
                timeout=constants.HF_HUB_ETAG_TIMEOUT,
            )
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise self.obstacles.asking(error, revision, self._state(revision)) from None

    def _state(self, revision: str) -> str:
        """What is here of a revision, in words."""
        known = revision if is_commit(revision) else self._cached.commit(revision)
        known = known or self._cached.only_commit()
        if known is None or not self._cached.snapshot(known).is_dir():
            return "not downloaded"
        missing = lacking(self._cached.snapshot(known), self.select)
        return f"not wholly downloaded: {missing}" if missing else f"commit {known} is here"

    def _download(self, info: ModelInfo) -> None:
        from huggingface_hub import hf_hub_download

        commit = self._sha(info)
        listed = {sibling.rfilename: listed_hash(sibling) for sibling in info.siblings or ()}
        if missing := first_missing([*listed], self.select):
            raise self.obstacles.incomplete_on_the_hub(missing)
        files = self.select([*listed])
        self._announce(info, files)
        try:
            with checked_headers(self.obstacles.not_a_hub):
                for name in files.names:  # not in threads, which Ctrl-C would have to wait for
                    hf_hub_download(self.name, name, revision=commit)
                    self._verify(commit, name, listed[name])
            missing = lacking(self._cached.snapshot(commit), self.select)
            if not missing:
                self._cached.note(self.revision, commit)
        except EvalHarnessError:
            raise
        except Exception as error:  # hf_xet's have no common class
            raise self.obstacles.downloading(error, self._cached.folder) from None
        if missing:
            raise self.obstacles.incomplete_on_the_hub(missing.removeprefix("no "))

    def _verify(self, commit: str, name: str, listed: str | None) -> None:
        """Removes a file whose content is not what the hub lists."""
        if listed is None:
            raise self.obstacles.not_a_hub()
        path = self._cached.snapshot(commit) / name
        if path.exists() and not has_hash(path, listed):
            self._cached.remove(path)
            raise self.obstacles.other_content(name)

    def _announce(self, info: ModelInfo, files: Files) -> None:
        commit, total, here = self._sha(info), 0, 0
        for sibling in info.siblings or ():
            if sibling.rfilename in files.names:
                blob = sibling.lfs.sha256 if sibling.lfs else sibling.blob_id
                size = sibling.size or 0
                total += size
                here += min(size, self._cached.bytes_of(commit, sibling.rfilename, blob))
        what = f"{self.name} at {commit}: {len(files.names)} files, {readable_size(total)}"
        if here >= total:
            log.info("%s, all of it here", what)
        elif here:
            log.info("downloading %s, %s of it here already", what, readable_size(here))
        else:
            log.info("downloading %s", what)


def readable_size(size: int) -> str:
    """Returns a size in bytes as kB, MB or GB, the decimal ones that the hub shows."""
    if size >= 1e9:
        return f"{size / 1e9:.2f} GB"
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"
