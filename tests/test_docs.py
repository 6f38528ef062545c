"""Every block of code in the documentation runs, in the order of its page, and prints what it says.

A comment before a block, `<!-- not run: needs a key -->`, excepts it: then only its options are
checked. `<!-- printed by the command above -->` stands before what the last command prints.
"""

from __future__ import annotations

import io
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from evalharness.commands.score_arguments import parse_arguments
from evalharness.config import RunConfig

from .conftest import ROOT, CommandLine
from .documentation import Block, Command, read_blocks, read_commands, read_links, write_texts

PAGES = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


@pytest.fixture
def folder(evalharness: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the files that the pages name; a home folder below it."""
    write_texts(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


class Page:
    """Runs the blocks of one page."""

    def __init__(self, evalharness: CommandLine, patch: pytest.MonkeyPatch) -> None:
        self.evalharness = evalharness
        self.patch = patch
        self.names: dict[str, object] = {}
        self.printed = ""

    def run(self, block: Block) -> None:
        if block.language == "sh":
            for command in read_commands(block.text):
                if block.not_run:
                    self.check_options(command)
                else:
                    self.run_command(command)
        elif block.language == "python":
            if not block.not_run:
                exec(compile(block.text, "a block of Python", "exec"), self.names)
        elif block.language == "yaml":
            yaml.safe_load(block.text)
        elif block.language == "json":
            json.loads(block.text)
        else:
            assert block.language == "text", f"{block.language!r}: {block.text}"
            if block.printed:
                assert _stripped(block.text) in _stripped(self.printed), self.printed

    def run_command(self, command: Command) -> None:
        with self.patch.context() as patch:
            for name, value in command.environment.items():
                patch.setenv(name, value)
            if command.input_file:
                content = Path(command.input_file).read_bytes()
                patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
            code, self.printed, errors = self.evalharness(*command.words)
        assert code == command.exit_code, f"{command.words}: {errors}"
        if command.output_file:
            Path(command.output_file).write_text(self.printed, encoding="utf-8")

    def check_options(self, command: Command) -> None:
        """Checks that the options exist: Hydra composes them, and nothing is run."""
        if command.words[:1] == ("score",):
            parse_arguments(command.words[1:], RunConfig.__dataclass_fields__)
            return
        for words in _jobs(command.words):
            code, _, errors = self.evalharness(*words, "--cfg", "job")
            assert code == 0, f"{words}: {errors}"


@pytest.mark.parametrize("page", PAGES)
def test_the_blocks_of_a_page_run(
    page: str, folder: Path, evalharness: CommandLine, monkeypatch: pytest.MonkeyPatch
):
    runner = Page(evalharness, monkeypatch)
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = list(read_blocks(text))
    assert len(blocks) == text.count("\n```") // 2, "a fence does not close, or is indented"
    for block in blocks:
        runner.run(block)


@pytest.mark.parametrize("comment", ["", "<!-- not run: needs a key -->\n"])
@pytest.mark.parametrize(
    "line",
    [
        "evalharness leaderboard leaderboard.frmat=csv",
        "evalharness model=copy modle.name=x",
        "evalharness score -i google.txt --refs ref.txt",
        "echo evalharness",
    ],
)
def test_a_page_with_a_wrong_word_is_noticed(
    line: str,
    comment: str,
    folder: Path,
    evalharness: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
):
    (block,) = read_blocks(f"text\n{comment}```sh\n{line}\n```\n")
    assert bool(block.not_run) == bool(comment)
    with pytest.raises(Exception, match=r"no such option|unrecognized|begins with"):
        Page(evalharness, monkeypatch).run(block)


@pytest.mark.parametrize(
    ("page", "group", "flag", "also"),
    [("docs/scoring.md", "metric", "-m", "bleu"), ("docs/checks.md", "check", "-c", "empty")],
)
def test_the_class_that_a_page_shows_works_as_it_stands(
    page: str,
    group: str,
    flag: str,
    also: str,
    folder: Path,
    evalharness: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
):
    """As someone copies it: a module on PYTHONPATH, and a YAML file in a folder."""
    blocks = list(read_blocks((ROOT / page).read_text(encoding="utf-8")))
    (code,) = [block.text for block in blocks if "\nclass " in block.text]
    (choice,) = [block.text for block in blocks if "_target_: my_" in block.text]
    ((name, options),) = yaml.safe_load(choice).items()
    module = options["_target_"].partition(".")[0]
    (folder / f"{module}.py").write_text(code)
    (folder / "own" / group).mkdir(parents=True)
    (folder / "own" / group / f"{name}.yaml").write_text(choice)
    monkeypatch.syspath_prepend(folder)
    files = ["-r", "ref.txt", "-i", "google.txt", "nllb.txt", "-cd", "own"]
    outcome = evalharness("score", *files, flag, also, name, "-f", "json")
    assert outcome.code == 0, outcome.err
    for run in json.loads(outcome.out)["runs"]:
        (said,) = [one for one in run[f"{SECTIONS[group]}"] if one[group] == name]
        assert said["low"] <= said[RATES[group]] <= said["high"]
    compared = evalharness("compare", "runs=[google,nllb]", "format=json")
    assert compared.code == 0, compared.err


SECTIONS = {"metric": "scores", "check": "checks"}
RATES = {"metric": "score", "check": "rate"}


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str):
    path = ROOT / page
    for target in read_links(path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def _jobs(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The jobs of a sweep over values with commas between them; else the command itself."""
    if "-m" not in words:
        yield words
        return
    choices = []
    for word in words:
        key, _, values = word.partition("=")
        if "," in values and "[" not in values:
            choices.append([f"{key}={value}" for value in values.split(",")])
        elif word != "-m":
            choices.append([word])
    yield from itertools.product(*choices)


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
