"""A checkpoint by name: where it lies, what identifies it, and how it comes here."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.hub.files import files_in, lacking, with_gguf
from evalharness.hub.repository import Repository
from evalharness.terminal import working

PACKAGE = "package:"
"""What the name of a checkpoint begins with that an installed Python package carries."""


@dataclass(frozen=True)
class Checkpoint(Repository):
    """Weights and what belongs to them: a repository of the Hugging Face hub, or a folder.

    Nothing of it is executed or unpickled here.

    Attributes:
        name: A hub id `owner/name`; a folder; or `package:<module>`, the folder of an installed
            Python package, which is not imported. A folder that exists comes before a hub id.
        revision: Branch, tag or commit of a hub repository; says nothing about a folder.
        fetch_with: See `Repository`.
        key: Likewise.
        select: Which files are wanted.
    """

    @classmethod
    def parse(cls, spec: str, fetch_with: str = "", key: str = "model.checkpoint") -> Checkpoint:
        """Makes it from what a configuration says: a name, with `@` and a revision if need be.

        Args:
            spec: Such as `facebook/m2m100_418M@main`, or a folder.
            fetch_with: The command that downloads it.
            key: The option that names it.
        """
        name, at, revision = spec.rpartition("@")
        if not at or _expanded(spec).exists():
            return cls(spec, fetch_with=fetch_with, key=key)
        return cls(name, revision, fetch_with, key)

    def identity(self) -> dict[str, str]:
        """Returns what a fingerprint holds: the commit of a repository, the digest of a folder.

        A branch or tag stays at the commit that was downloaded, until `fetch`; the hub is asked
        only about what was never downloaded. A folder's digest is that of its wanted files, names
        and contents, wherever it lies.

        Raises:
            EvalHarnessError: See `folder`.
        """
        if (local := self._local()) is None:
            return {"checkpoint": self.name, "commit": self.commit()}
        names = with_gguf(self.select)(files_in(local)).names
        wanted = [(name, (local / name).stat()) for name in names]
        state = tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in wanted)
        return {"sha256": _digest(local, state)}

    def is_here(self) -> bool:
        """Whether it can be loaded without the hub.

        Raises:
            EvalHarnessError: It is a folder that lacks something, or the name means nothing here.
        """
        return self._local() is not None or super().is_here()

    def folder(self) -> Path:
        """Returns a local folder with all wanted files; downloads what is missing.

        Raises:
            EvalHarnessError: There is no such folder or repository, something is missing in it,
                or it cannot be downloaded.
        """
        return self._local() or super().folder()

    def fetch(self) -> Path:
        """Asks the hub for the revision's newest commit and downloads what is missing.

        Returns:
            The local folder; a folder or package is only checked.

        Raises:
            EvalHarnessError: See `folder`.
        """
        return self._local() or super().fetch()

    def files(self) -> tuple[Path, ...]:
        """Returns the wanted files that are here."""
        local = self._local()
        folder = local or super().folder()
        select = with_gguf(self.select) if local else self.select
        return tuple(folder / name for name in select(files_in(folder)).names)

    def _local(self) -> Path | None:
        """The folder, which is whole, if the name means one; `None` for a hub id."""
        folder = self._found()
        if folder is not None and (missing := lacking(folder, with_gguf(self.select))):
            hint = f"copy what is missing, or correct {self.key}="
            raise self._error(f"the folder has {missing}", hint)
        return folder

    def _found(self) -> Path | None:
        """The folder, if the name means one; `None` for a hub id."""
        path = _expanded(self.name)
        if not self.name.strip():
            raise EvalHarnessError("empty", where=self.key, hint="give a hub id or a folder")
        if self.name.startswith(PACKAGE):
            return self._package(self.name.removeprefix(PACKAGE))
        if path.is_dir():
            return path.resolve()
        if path.exists():
            raise self._error("a file, not a folder", "give the folder that it lies in")
        if self.name.startswith(("/", ".", "~")) or self.name.count("/") > 1:
            raise self._error("no such folder", f"paths are relative to {Path.cwd()}")
        if not self.revision:
            raise self._error("no revision after the @", "give a branch, tag or commit: main")
        self._check_id()
        return None

    def _check_id(self) -> None:
        from huggingface_hub.errors import HFValidationError
        from huggingface_hub.utils._validators import validate_repo_id

        try:
            validate_repo_id(self.name)
        except HFValidationError:
            raise self._obstacle("unknown") from None

    def _package(self, module: str) -> Path:
        top, *below = module.split(".")
        try:
            spec = importlib.util.find_spec(top) if module.isascii() else None
        except ValueError:  # an empty name, or a module without a specification
            spec = None
        for place in (spec and spec.submodule_search_locations) or ():
            if (folder := Path(place, *below)).is_dir():
                return folder.resolve()
        raise self._error(
            f"no installed Python package {module!r}",
            f"install it with pip, or give {self.key}= a hub id or a folder",
        )

    def _error(self, what: str, hint: str) -> EvalHarnessError:
        return EvalHarnessError(what, where=self.name, hint=hint)


def _expanded(name: str) -> Path:
    """Returns a name as a path, with `~` for a home folder where there is such a home."""
    return Path(os.path.expanduser(name))  # noqa: PTH111, Path's raises a RuntimeError


@lru_cache(maxsize=64)
def _digest(folder: Path, state: tuple[tuple[str, int, int], ...]) -> str:
    """SHA-256 (hex) of files' names and contents; read again only once their state changes."""
    digest = hashlib.sha256()
    with working("reading the checkpoint"):
        for name, size, _ in state:
            digest.update(f"{name}\0{size}\0".encode())
            with (folder / name).open("rb") as file:
                hashlib.file_digest(file, lambda: digest)
    return digest.hexdigest()
