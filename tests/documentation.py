"""Reading pages of documentation: their blocks of code, and the commands in a block."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

_FENCE = re.compile(
    r"(?:^<!-- (?P<comment>[^\n]*?) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_EXIT_CODE = re.compile(r"#.*\bexit code (\d+)")
_ASSIGNMENT = re.compile(r"(?P<name>[A-Z_][A-Z0-9_]*)=(?P<value>.*)", re.DOTALL)
_PROGRAMS = (["evalharness"], ["python", "-m", "evalharness"])
# What a page may also tell people to type; the test does not run it.
_OTHER_PROGRAMS = {"git", "pip", "pytest"}

_TEXTS = {
    "src.txt": """
Toplantı salı günü saat dokuzda başladı.
Belediye yeni köprüyü mayıs ayında açacak.
Çocuklar okuldan sonra parkta oynadılar.
Fiyatlar geçen yıla göre yüzde on arttı.
Kütüphane pazar günleri kapalıdır.
Bilim insanları nehirde yeni bir balık türü buldu.
Tren kar nedeniyle iki saat gecikti.
Bakan soruları yanıtlamadı.
Köydeki evlerin çoğu taştan yapılmıştır.
Müze her yıl yüz bin ziyaretçi ağırlıyor.
Yağmur hasadı bir hafta erteledi.
Takım son dakikada bir gol attı.
""",
    "ref.txt": """
The meeting began on Tuesday at nine o'clock.
The city will open the new bridge in May.
The children played in the park after school.
Prices rose by ten percent compared with last year.
The library is closed on Sundays.
Scientists found a new species of fish in the river.
The train was two hours late because of the snow.
The minister did not answer the questions.
Most of the houses in the village are built of stone.
The museum receives a hundred thousand visitors every year.
Rain delayed the harvest by a week.
The team scored a goal in the last minute.
""",
    "ref2.txt": """
The meeting started at nine on Tuesday.
The municipality will open the new bridge in May.
After school the children played in the park.
Prices went up ten percent from last year.
The library does not open on Sundays.
Scientists discovered a new kind of fish in the river.
Snow delayed the train by two hours.
The minister did not reply to the questions.
Most houses in the village are made of stone.
The museum welcomes one hundred thousand visitors each year.
The rain put off the harvest for a week.
The team scored in the last minute.
""",
    "google.txt": """
The meeting started at nine o'clock on Tuesday.
The municipality will open the new bridge in May.
The children played in the park after school.
Prices increased by ten percent compared to last year.
The library is closed on Sundays.
Scientists found a new species of fish in the river.
The train was delayed by two hours due to snow.
The minister did not answer the questions.
Most of the houses in the village are made of stone.
The museum hosts one hundred thousand visitors every year.
Rain delayed the harvest by a week.
The team scored a goal in the last minute.
""",
    "nllb.txt": """
The meeting started Tuesday at nine.
The municipality will open the new bridge in May.
The kids played in the park after school.
Prices are up ten percent from last year.
The library's closed on Sundays.
Scientists have discovered a new fish in the river.
The train was two hours late because of the snow.
The minister didn't answer the questions.
Most houses in the village were made of stone.
The museum has a hundred thousand visitors a year.
The rain delayed the harvest for a week.
They scored a goal at the last minute.
""",
    "docs.txt": "".join(f"news-{number // 2 + 1}\n" for number in range(12)),
}

_TEXTS["news.jsonl"] = "".join(
    json.dumps(
        {"id": f"n{n}", "source": s, "reference": r, "hypothesis": h, "domain": "news"},
        ensure_ascii=False,
    )
    + "\n"
    for n, (s, r, h) in enumerate(
        zip(
            *(_TEXTS[name].strip().split("\n") for name in ("src.txt", "ref.txt", "google.txt")),
            strict=True,
        )
    )
)

_LINK = re.compile(r"\]\((?!\w+:)(?P<target>[^)#\s]+)")


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        language: What stands behind the opening fence.
        text: What stands between the fences.
        not_run: Why it cannot be run here; empty where it can.
        printed: Whether the page says that the command above prints it.
    """

    language: str
    text: str
    not_run: str
    printed: bool


@dataclass(frozen=True)
class Command:
    """A command line of evalharness.

    Attributes:
        words: What follows `evalharness`.
        environment: The variables that are set before it.
        input_file: The file that is piped into it, or nothing.
        output_file: The file that its standard output goes to, or nothing.
        exit_code: The code that a comment beside it names; else 0.
    """

    words: tuple[str, ...]
    environment: dict[str, str]
    input_file: str
    output_file: str
    exit_code: int = 0


def read_blocks(page: str) -> Iterator[Block]:
    """Yields the blocks of a page in their order."""
    for found in _FENCE.finditer(page):
        comment = found["comment"] or ""
        reason = comment.removeprefix("not run: ") if comment.startswith("not run: ") else ""
        printed = comment == "printed by the command above"
        yield Block(found["language"], found["text"], reason, printed)


def read_commands(text: str) -> Iterator[Command]:
    """Yields the commands of a block of shell; what is exported holds for all that follow.

    Raises:
        ValueError: A line begins with a program that is not known.
    """
    exported: dict[str, str] = {}
    for line in text.replace("\\\n", " ").splitlines():
        code = _EXIT_CODE.search(line)
        for part in _split(shlex.split(line, comments=True), "&&"):
            if part[:1] == ["export"]:
                exported |= _assignments(part[1:])[0]
            elif command := _command(part, exported):
                yield replace(command, exit_code=int(code[1])) if code else command


def read_links(page: str) -> list[str]:
    """Returns the files that a page links to, as the page writes them."""
    return [found["target"] for found in _LINK.finditer(page)]


def write_texts(folder: Path) -> None:
    """Writes the files that the pages name: twelve Turkish lines, and what was made of them."""
    for name, text in _TEXTS.items():
        (folder / name).write_text(text.lstrip("\n"), encoding="utf-8")


def _command(words: list[str], exported: dict[str, str]) -> Command | None:
    *before, last = _split(words, "|")
    input_file = ""
    if before:
        if len(before) > 1 or before[0][0] != "cat" or len(before[0]) != 2:
            raise ValueError(f"only `cat FILE |` is understood: {shlex.join(words)}")
        input_file = before[0][1]
    environment, last = _assignments(last)
    output_file = ""
    if ">" in last:
        output_file = last[last.index(">") + 1]
        last = last[: last.index(">")]
    for program in _PROGRAMS:
        if last[: len(program)] == program:
            rest = tuple(last[len(program) :])
            return Command(rest, exported | environment, input_file, output_file)
    if last and last[0] not in _OTHER_PROGRAMS:
        raise ValueError(f"a line begins with {last[0]!r}")
    return None


def _assignments(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """The assignments at the beginning, and the words after them."""
    found: dict[str, str] = {}
    for number, word in enumerate(words):
        match = _ASSIGNMENT.fullmatch(word)
        if match is None:
            return found, words[number:]
        found[match["name"]] = match["value"].replace("~", str(Path.home()), 1)
    return found, []


def _split(words: list[str], sign: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word == sign:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts
