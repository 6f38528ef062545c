"""Programs: a segment per line in, a translation per line out."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from evalharness.errors import EvalHarnessError
from evalharness.systems import CommandSystem, Failure, Translation

from ..conftest import CommandLine

SHOUT = "import sys\nfor line in sys.stdin: print(line.rstrip('\\n').upper(), flush=True)\n"


def program(folder: Path, code: str, *arguments: str) -> list[str]:
    path = folder / "program.py"
    path.write_text(code, encoding="utf-8")
    return [sys.executable, str(path), *arguments]


def translated(command: list[str], texts: list[str]) -> list[str]:
    made = dict(CommandSystem(command=command).translate(texts, "tr", "en"))
    assert all(isinstance(item, Translation) for item in made.values())
    return [made[position].text for position in range(len(texts))]


def test_each_line_is_a_segments_whatever_a_segment_holds(tmp_path: Path):
    texts = ["elma", "", " a\tb ", "iki\u2028satır\rda\nbir", "$(rm -rf x) `y` ; z"]
    assert translated(["cat"], texts) == ["elma", "", " a\tb ", "iki satır da bir", texts[4]]


def test_a_thousand_long_lines_do_not_block_a_program_that_writes_while_it_reads(tmp_path: Path):
    texts = [f"{n} " + "x" * 5000 for n in range(1000)]
    assert translated(program(tmp_path, SHOUT), texts) == [text.upper() for text in texts]


def test_places_for_the_languages_are_filled_in_and_nothing_is_expanded(tmp_path: Path):
    code = "import sys\nfor line in sys.stdin: print(*sys.argv[1:])\n"
    arguments = ["--from={source}", "{target}", "$HOME", "*", "{text}"]
    assert translated(program(tmp_path, code, *arguments), ["x"]) == ["--from=tr en $HOME * {text}"]


def test_a_program_that_draws_is_told_which_pass_it_is(tmp_path: Path):
    code = "import sys\nfor line in sys.stdin: print(*sys.argv[1:])\n"
    system = CommandSystem(command=program(tmp_path, code, "--seed={pass}"), draws=True)
    assert system.samples()
    assert not CommandSystem(command=["cat"]).samples()
    for number, made in ((1, system), (1, system.in_pass(1)), (3, system.in_pass(3))):
        ((_, answer),) = made.translate(["x"], "tr", "en")
        assert answer == Translation(f"--seed={number}")


def test_an_argument_may_be_longer_than_a_files_name(tmp_path: Path):
    system = CommandSystem(command=["sed", f"s/{'x' * 300}/y/"])
    assert system.fingerprint("tr", "en")["arguments"] == [f"s/{'x' * 300}/y/"]


def test_the_last_line_needs_no_end_and_windows_ends_are_none(tmp_path: Path):
    code = "import sys\nsys.stdin.read()\nsys.stdout.buffer.write(b'one\\r\\ntwo')\n"
    assert translated(program(tmp_path, code), ["bir", "iki"]) == ["one", "two"]


def test_a_program_that_dies_is_told_with_its_last_words_and_what_it_wrote_is_kept(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    code = (
        "import sys, os\n"
        "for number, line in enumerate(sys.stdin):\n"
        "    if number == 2 and not os.path.exists('mended'):\n"
        "        sys.stdout.write('half a li')\n"
        "        sys.stdout.flush()\n"
        "        sys.exit('loading\\n\\nmodel.npz: no such file\\nAborted')\n"
        "    print(line.strip().upper(), flush=True)\n"
    )
    arguments = [*small, "model=command", f"model.command=[{','.join(program(tmp_path, code))}]"]
    shown = evalharness(*arguments)
    assert shown.code == 2
    assert shown.err.count("\n") == 2  # what runs, and the error
    assert "exited with 1 and wrote 2 lines for 3 segments (kept)" in shown.err
    assert "loading | model.npz: no such file | Aborted" in shown.err
    (path,) = (tmp_path / "results/store").rglob("*.jsonl")
    kept = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert all(line["text"] == line["source"].upper() for line in kept)
    assert len(kept) == 2
    (tmp_path / "mended").touch()
    assert evalharness(*arguments).code == 0
    (run,) = (tmp_path / "results").glob("runs/*/*/run.json")
    assert json.loads(run.read_text())["counts"]["from_store"] == 2


def test_a_program_that_is_killed_is_told_so(tmp_path: Path):
    code = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
    with pytest.raises(EvalHarnessError, match=r"was ended by SIGKILL.*nothing on stderr"):
        translated(program(tmp_path, code), ["a"])


def test_a_program_that_reads_nothing_is_told(tmp_path: Path):
    with pytest.raises(EvalHarnessError, match="exited with 3 and wrote 0 lines"):
        translated(program(tmp_path, "import sys\nsys.exit(3)"), ["x" * 10**6])


def test_what_is_no_utf8_fails_its_segment_and_no_other(tmp_path: Path):
    code = (
        "import sys\nfor line in sys.stdin.buffer: sys.stdout.buffer.write(eval(line) + b'\\n')\n"
    )
    written = [b"\xff", b"\xed\xa0\xbd", b"a\x00b\x1b[31m", "ç".encode()]
    system = CommandSystem(command=program(tmp_path, code))
    made = [made for _, made in system.translate([repr(line) for line in written], "tr", "en")]
    assert [type(text) for text in made] == [Failure, Failure, Translation, Translation]
    assert made[2:] == [Translation("a\x00b\x1b[31m"), Translation("ç")]
    assert "not UTF-8" in made[0].reason


def test_it_gets_ordinary_variables_and_those_that_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    code = "import os, sys\nfor line in sys.stdin: print(os.environ.get(line.strip(), '-'))\n"
    ordinary = ["PATH", "LC_TIME", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "https_proxy"]
    others = ["DEEPL_API_KEY", "HF_TOKEN", "CUDA_SECRET", "PYTHON_KEYRING", "WANDB_MODE", "OWN"]
    for name in [*ordinary[1:], *others]:
        monkeypatch.setenv(name, f"of {name}")
    command = program(tmp_path, code)
    assert translated(command, ordinary[1:]) == [f"of {name}" for name in ordinary[1:]]
    assert translated(command, ["PATH"]) == [os.environ["PATH"]]
    assert translated(command, others) == ["-"] * len(others)
    system = CommandSystem(command=command, env=["DEEPL_API_KEY", "OWN"])
    made = [text for _, text in system.translate(others, "tr", "en")]
    assert made == [Translation(word) for word in ["of DEEPL_API_KEY", *"----", "of OWN"]]


def test_a_named_variable_counts_by_its_name_and_its_value_is_shown_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OWN_KEY", "s3cr3t value")
    code = "import os, sys\nsys.exit('no such model for ' + os.environ['OWN_KEY'])"
    command = program(tmp_path, code)
    plain, named = (CommandSystem(command=command, env=env) for env in ([], ["OWN_KEY"]))
    assert plain.fingerprint("tr", "en") != named.fingerprint("tr", "en")
    before = named.fingerprint("tr", "en")
    with pytest.raises(EvalHarnessError, match=r"no such model for \*\*\*"):
        list(named.translate(["x"], "tr", "en"))
    monkeypatch.setenv("OWN_KEY", "another")
    assert named.fingerprint("tr", "en") == before


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["model.command=[no-such-program,x]"], "no program 'no-such-program'"),
        (["model.command=[]"], "model.command: no program"),
        (["model.command=cat"], "give a list"),
        (["model.command=[cat]", "model.languages=[de,en]"], "Turkish into English"),
        (["model.command=[cat]", "model.segments_per_start=0"], "less than 1"),
        (["model.command=[cat]", "model.env=['KEY=s3cr3t']"], "not the name of an environment"),
        ([], "model.command: not given"),
    ],
)
def test_bad_commands_get_one_line(
    evalharness: CommandLine, small: list[str], options: list[str], shown: str
):
    outcome = evalharness(*small, "model=command", *options)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert shown in outcome.err
    assert "s3cr3t" not in outcome.err


def test_a_named_variable_that_is_not_set_is_an_error_before_anything_is_started(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    command = ",".join(program(tmp_path, "open('started', 'w')"))
    options = ["model=command", f"model.command=[{command}]", "model.env=[NOT_SET_ANYWHERE]"]
    outcome = evalharness(*small, *options)
    assert outcome.code == 2
    assert "the environment has no NOT_SET_ANYWHERE" in outcome.err
    assert not (tmp_path / "started").exists()


def test_programs_and_files_are_told_apart_by_what_is_in_them(tmp_path: Path):
    command = program(tmp_path, SHOUT, f"--config={tmp_path}/config.yml", "--beam=4")
    (tmp_path / "config.yml").write_text("beam: 4")

    def facts(command: list[str], **options: str) -> object:
        return CommandSystem(command=command, **options).fingerprint("tr", "en")

    before = facts(command)
    assert str(tmp_path) not in json.dumps(before)
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("program.py", "config.yml"):
        (moved / name).write_bytes((tmp_path / name).read_bytes())
    there = [word.replace(str(tmp_path), str(moved)) for word in command]
    assert facts(there) == before
    assert facts([*command[:-1], "--beam=5"]) != before
    assert facts(command, version="2") != before
    assert facts(command, name="x") == before
    (moved / "config.yml").write_text("beam: 5")
    assert facts(there) != before
    (tmp_path / "program.py").write_text(SHOUT + "#")
    assert facts(command) != before
