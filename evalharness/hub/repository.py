"""A repository of the Hugging Face hub: its commits, and the download of its files."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from evalharness.errors import EvalHarnessError
from evalharness.hub.files import Select, first_missing, lacking, transformers_files
from evalharness.hub.obstacles import NotDownloadedError, is_commit, recognised, worded

if TYPE_CHECKING:
    from huggingface_hub.hf_api import ModelInfo, RepoSibling

log = logging.getLogger(__name__)

_COMMIT, _ETAG = re.compile("[0-9a-f]*"), re.compile('(W/)?"?[0-9a-f]*"?')

# The commit that a revision means in this process: what a fingerprint names is what is loaded,
# even if another process downloads a newer commit meanwhile.
_commits: dict[tuple[str, str], str] = {}


@dataclass(frozen=True)
class Repository:
    """A repository at a revision.

    Attributes:
        name: Its id, `owner/name`.
        revision: A branch, tag or commit.
        fetch_with: The command that downloads it, for errors.
        key: The option that names it, for errors: `model.checkpoint`, `metric.comet.encoder`.
        select: Which of its files are wanted.
    """

    name: str
    revision: str = "main"
    fetch_with: str = ""
    key: str = "model.checkpoint"
    select: Select = transformers_files

    def commit(self) -> str:
        """Returns the commit in use: the one downloaded last, else the hub's newest."""
        if is_commit(self.revision):
            return self.revision
        key = self.name, self.revision
        if key not in _commits:
            here = self._snapshot(self.revision)
            _commits[key] = here.name if here else str(self._ask(self.revision).sha)
        return _commits[key]

    def is_here(self) -> bool:
        """Whether it can be used without the hub."""
        here = self._snapshot(self.revision)
        return here is not None and not lacking(here, self.select)

    def folder(self) -> Path:
        """Returns the folder of the commit in use; downloads what is missing."""
        here = self._snapshot(self.commit())
        if here is None or lacking(here, self.select):
            return self._download(self._ask(self.commit()))
        return here

    def fetch(self) -> Path:
        """Downloads what is missing of the revision's newest commit, which is used from now on."""
        here = self._download(self._ask(self.revision))
        _commits[self.name, self.revision] = here.name
        return here

    @property
    def _cache(self) -> Path:
        """The repository's folder in the cache, as huggingface_hub lays it out."""
        from huggingface_hub import constants
        from huggingface_hub.file_download import repo_folder_name

        return Path(constants.HF_HUB_CACHE, repo_folder_name(repo_id=self.name, repo_type="model"))

    def _snapshot(self, revision: str) -> Path | None:
        """The folder of what was downloaded of a revision last; asks nobody."""
        from huggingface_hub import snapshot_download

        try:
            here = Path(snapshot_download(self.name, revision=revision, local_files_only=True))
        except (OSError, ValueError):  # there is none, or the revision's note is damaged
            return None
        return here if is_commit(here.name) else None

    def _ask(self, revision: str) -> ModelInfo:
        """What the hub says about a revision: its commit, its files, their sizes and hashes."""
        from huggingface_hub import HfApi, constants

        try:
            info = HfApi().model_info(
                self.name,
                revision=revision,
                files_metadata=True,
                timeout=constants.HF_HUB_ETAG_TIMEOUT,
            )
        except Exception as error:  # whatever it makes of an answer that is not the hub's
            raise self._met(error, revision, self._state(revision)) from None
        if not is_commit(str(info.sha)):
            raise self._obstacle("no hub")
        return info

    def _state(self, revision: str) -> str:
        """What is here of a revision, in words."""
        if (here := self._snapshot(revision)) is None:
            return "not downloaded"
        missing = lacking(here, self.select)
        return f"not wholly downloaded: {missing}" if missing else f"commit {here.name} is here"

    def _download(self, info: ModelInfo) -> Path:
        from huggingface_hub.file_download import _cache_commit_hash_for_specific_revision as note

        listed = {file.rfilename: file for file in info.siblings or ()}
        if missing := first_missing([*listed], self.select):
            raise self._incomplete(missing)
        files = [listed[name] for name in self.select([*listed]).names]
        here = self._cache / "snapshots" / str(info.sha)
        if not all(map(_listed_hash, files)):
            raise self._obstacle("no hub")
        self._announce(here, files)
        try:
            for file in files:  # not in threads, which Ctrl-C would have to wait for
                self._bring(here.name, file)
            missing = lacking(here, self.select)
            if not missing:  # only now: until then the revision stays at the commit it was at
                note(str(self._cache), self.revision, here.name)
        except EvalHarnessError:
            raise
        except Exception as error:  # hf_xet's have no common class
            raise self._met(error, here.name) from None
        if missing:
            raise self._incomplete(missing.removeprefix("no "))
        return here

    def _obstacle(self, obstacle: str, **facts: object) -> NotDownloadedError:
        return worded(obstacle, name=self.name, key=self.key, fetch_with=self.fetch_with, **facts)

    def _met(self, error: Exception, asked: str, state: str = "") -> NotDownloadedError:
        """Words what huggingface_hub raised when it was asked for a revision.

        Args:
            error: What it raised.
            asked: The revision.
            state: What is here of it, in words; empty once files are downloaded.
        """
        obstacle, facts = recognised(error)
        if obstacle == "no revision" and asked != self.revision:
            obstacle = "commit gone"
        elif obstacle == "broken off" and state:
            obstacle = "unreachable"
        return self._obstacle(obstacle, asked=asked, state=state, **facts)

    def _incomplete(self, missing: str) -> EvalHarnessError:
        return EvalHarnessError(
            f"the repository has no {missing} at revision {self.revision}",
            where=self.name,
            hint=f"choose another {self.key}=",
        )

    def _bring(self, commit: str, file: RepoSibling) -> None:
        """Downloads a file that is not here, and removes it if it is not the one listed."""
        from huggingface_hub import get_session, hf_hub_download

        hooks = get_session().hooks["response"]
        hooks.append(self._check_headers)
        try:
            path = Path(hf_hub_download(self.name, file.rfilename, revision=commit))
        finally:
            hooks.remove(self._check_headers)
        if _hash(path, is_large=bool(file.lfs)) != _listed_hash(file):
            blob = path.resolve()
            path.unlink()
            if blob.parent == (self._cache / "blobs").resolve():
                blob.unlink(missing_ok=True)
            raise self._obstacle("other content", file=file.rfilename)

    def _check_headers(self, response: Any, **options: Any) -> None:
        """Refuses headers that are not hexadecimal: huggingface_hub makes paths of them."""
        headers = response.headers
        commit = headers.get("X-Repo-Commit", "")
        etag = headers.get("X-Linked-Etag") or headers.get("ETag", "")
        if response.is_redirect and not urlsplit(headers["Location"]).netloc:
            etag = ""  # this redirect is followed, and the next answer counts
        if response.request.method == "HEAD" and not (
            _COMMIT.fullmatch(commit) and _ETAG.fullmatch(etag)
        ):
            raise self._obstacle("no hub")

    def _announce(self, here: Path, files: Sequence[RepoSibling]) -> None:
        total = sum(file.size or 0 for file in files)
        already = sum(min(file.size or 0, self._bytes_of(here, file)) for file in files)
        what = f"{self.name} at {here.name}: {len(files)} files, {readable_size(total)}"
        if already >= total:
            log.info("%s, all of it here", what)
        elif already:
            log.info("downloading %s, %s of it here already", what, readable_size(already))
        else:
            log.info("downloading %s", what)

    def _bytes_of(self, here: Path, file: RepoSibling) -> int:
        """How much of a file is here already, also of an interrupted download."""
        blob = self._cache / "blobs" / _listed_hash(file)
        places = (here / file.rfilename, blob, blob.with_name(f"{blob.name}.incomplete"))
        return next((place.stat().st_size for place in places if place.is_file()), 0)


def readable_size(size: int) -> str:
    """Returns a size in bytes as kB, MB or GB, the decimal ones that the hub shows."""
    if size >= 1e9:
        return f"{size / 1e9:.2f} GB"
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"


def _listed_hash(file: RepoSibling) -> str:
    """What the hub lists: SHA-256 of a file in git-lfs, git's own hash of another, or nothing."""
    listed = str(file.lfs.sha256 if file.lfs else file.blob_id)
    digits = 64 if file.lfs else 40
    return listed if re.fullmatch(f"[0-9a-f]{{{digits}}}", listed) else ""


def _hash(path: Path, is_large: bool) -> str:
    """The hash that `_listed_hash` stands for, of what is here."""
    header = b"blob %d\0" % path.stat().st_size
    digest = hashlib.sha256() if is_large else hashlib.sha1(header, usedforsecurity=False)
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: digest).hexdigest()
