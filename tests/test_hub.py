"""Checkpoints: what is wanted of them, what identifies them, and how they come from the hub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint, Files, damaged, readable_size, transformers_files

from .conftest import files_below
from .hub_server import MODEL, WANTED, WEIGHTS, Hub, Repo, environment, serving

FETCH = "python -m evalharness fetch model=own"
# Calls methods of checkpoints, each in its turn, and prints what they return or raise.
SCRIPT = """
import json, logging, resource, sys
from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint, Files
logging.basicConfig(level=logging.INFO, format="%(message)s")
most, calls = json.loads(sys.argv[1])
if most:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
def comet(names):
    return Files(("hparams.yaml",), ("checkpoints/model.ckpt",))
for method, name, revision in calls:
    options = {"select": comet} if "comet" in name else {}
    checkpoint = Checkpoint(name, revision, "FETCH", **options)
    try:
        print(json.dumps(getattr(checkpoint, method)(), default=str))
    except EvalHarnessError as error:
        print(json.dumps(f"error: {error}"))
""".replace("FETCH", FETCH)


class Machine:
    """A machine with a cache of its own, and with or without a way to the hub."""

    def __init__(self, home: Path, hub: Hub):
        self.home, self.hub, self.log = home, hub, ""

    def call(self, *calls: tuple[str, ...], most: int = 0, network: bool = True, **variables: str):
        """What each (method, name, revision) returns, or `error: ...`; one process for all."""
        filled = [(*call, "main")[:3] for call in calls]
        reached = environment(self.home, self.hub.url) if network else environment(self.home)
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, json.dumps([most, filled])],
            env={**os.environ, **reached, **variables},
            cwd=self.home.parent,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        self.log = done.stderr
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(calls)
        return answers


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as hub:
        yield hub


@pytest.fixture
def machine(tmp_path: Path, hub: Hub) -> Machine:
    return Machine(tmp_path / "home", hub)


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def error_of(checkpoint: Checkpoint) -> str:
    with pytest.raises(EvalHarnessError) as caught:
        checkpoint.folder()
    assert "\n" not in str(caught.value)
    return str(caught.value)


# File lists as they stand in repositories of the hub.
LISTINGS = {
    "a pickle where there are no safetensors": (
        "README.md .gitattributes config.json flax_model.msgpack generation_config.json"
        " pytorch_model.bin rust_model.ot source.spm target.spm tf_model.h5 tokenizer_config.json"
        " vocab.json",
        "config.json generation_config.json source.spm target.spm tokenizer_config.json vocab.json",
        "pytorch_model.bin",
    ),
    "shards, their index, and no other's": (
        "config.json tokenizer.json model-00001-of-00002.safetensors training_args.bin"
        " model-00002-of-00002.safetensors model.safetensors.index.json optimizer.pt scheduler.pt"
        " pytorch_model-00001-of-00001.bin pytorch_model.bin.index.json model.Q4_K_M.gguf"
        " flax_model.msgpack.index.json onnx/model.onnx",
        "config.json model.safetensors.index.json tokenizer.json",
        "model-00001-of-00002.safetensors model-00002-of-00002.safetensors",
    ),
    "the publisher's own format left out": (
        "config.json consolidated.safetensors consolidated.safetensors.index.json params.json"
        " chat_template.jinja tokenizer.model model.safetensors special_tokens_map.json"
        " tokenization_own.py original/params.json",
        "chat_template.jinja config.json special_tokens_map.json tokenizer.model",
        "model.safetensors",
    ),
    "merges": (
        "config.json merges.txt vocab.json tokenizer.tiktoken pytorch_model.bin",
        "config.json merges.txt tokenizer.tiktoken vocab.json",
        "pytorch_model.bin",
    ),
}


@pytest.mark.parametrize("case", LISTINGS)
def test_what_transformers_needs_is_wanted_and_nothing_else(case: str):
    names, rest, weights = (tuple(words.split()) for words in LISTINGS[case])
    assert transformers_files(names) == Files(rest, weights)


def test_sizes_are_decimal():
    assert [readable_size(n) for n in (300, 2_460_457_927, 4_999_999)] == [
        "0.3 kB",
        "2.46 GB",
        "5.0 MB",
    ]


def test_a_folder_is_known_by_its_wanted_files_wherever_it_lies(tmp_path: Path):
    one, other = write(tmp_path / "one", MODEL), write(tmp_path / "other", MODEL)
    identity = Checkpoint(str(one)).identity()
    assert set(identity) == {"sha256"}
    (other / "README.md").write_bytes(b"another card")
    assert Checkpoint(str(other), revision="no matter").identity() == identity
    assert Checkpoint(str(one)).folder() == Checkpoint(str(one)).fetch() == one
    (other / "generation_config.json").write_bytes(b'{"num_beams": 5}')
    changed = Checkpoint(str(other)).identity()
    assert changed != identity
    (other / "generation_config.json").rename(other / "generation.json")
    assert Checkpoint(str(other)).identity() not in (identity, changed)


def test_a_package_is_found_and_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    code = {"__init__.py": b"raise SystemExit('imported')", "below/__init__.py": b""}
    package = write(tmp_path / "site/ourmodel", {**MODEL, **code})
    write(package / "below", MODEL)
    monkeypatch.syspath_prepend(tmp_path / "site")
    plain = write(tmp_path / "plain", MODEL)
    checkpoint = Checkpoint("package:ourmodel")
    assert checkpoint.folder() == package
    assert checkpoint.identity() == Checkpoint(str(plain)).identity()
    assert Checkpoint("package:ourmodel.below").folder() == package / "below"
    assert "ourmodel" not in sys.modules
    for name in ("package:", "package:nowhere.at.all", "package:json.decoder", "package:../x"):
        assert "no installed Python package" in error_of(Checkpoint(name))


def test_gguf_files_of_a_folder_are_whole_by_themselves(tmp_path: Path):
    folder = write(tmp_path / "gguf", {"model.Q4_1.gguf": b"GGUF", "notes.md": b""})
    before = Checkpoint(str(folder)).identity()
    (folder / "model.Q4_1.gguf").write_bytes(b"GGUF, another")
    assert Checkpoint(str(folder)).identity() != before


def test_another_kind_of_checkpoint_brings_its_own_selection(tmp_path: Path):
    def comet(names: object) -> Files:
        return Files(("hparams.yaml",), ("checkpoints/model.ckpt",))

    files = {"hparams.yaml": b"a: 1", "checkpoints/model.ckpt": b"weights"}
    folder = write(tmp_path / "comet", files)
    checkpoint = Checkpoint(str(folder), select=comet)
    before = checkpoint.identity()
    assert checkpoint.files() == tuple(folder / name for name in files)
    (folder / "checkpoints/model.ckpt").write_bytes(b"other weights")
    assert checkpoint.identity() != before


INDEX = json.dumps({"weight_map": {"a": "model-00001-of-00002.safetensors"}}).encode()
INDEX_OF_TWO = INDEX.replace(b"}}", b', "b": "model-00002-of-00002.safetensors"}}')
SHARD = {"model-00001-of-00002.safetensors": b"", "model.safetensors.index.json": INDEX_OF_TWO}


@pytest.mark.parametrize(
    ("removed", "added", "message"),
    [
        (["config.json"], {}, "no config.json"),
        (["model.safetensors", "pytorch_model.bin"], {}, "no weights (model.safetensors, pytorch"),
        (["model.safetensors"], SHARD, "no model-00002-of-00002.safetensors, one of 2 shards that"),
        (["sentencepiece.bpe.model"], {}, "no vocabulary for its tokenizer (tokenizer.json, *.mod"),
        (["sentencepiece.bpe.model", "tokenizer_config.json"], {}, "no tokenizer (tokenizer.json"),
    ],
)
def test_what_a_folder_lacks_is_named(
    removed: list[str], added: dict[str, bytes], message: str, tmp_path: Path
):
    folder = write(tmp_path / "folder", {**MODEL, **added})
    for name in removed:
        (folder / name).unlink()
    if added:
        (folder / "pytorch_model.bin").unlink()
    shown = error_of(Checkpoint(str(folder)))
    assert shown.startswith(f"{folder}: the folder has {message}")
    assert "model.checkpoint=" in shown


def test_a_tokenizer_of_bytes_needs_no_vocabulary(tmp_path: Path):
    folder = write(tmp_path / "bytes", MODEL)
    (folder / "sentencepiece.bpe.model").unlink()
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "ByT5Tokenizer"}')
    assert Checkpoint(str(folder)).folder() == folder


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("./nowhere", "no such folder"),
        ("/nowhere/at/all", "no such folder"),
        ("~/nowhere-at-all", "no such folder"),
        ("~nobody.there/model", "no such folder"),
        ("three/parts/deep", "no such folder"),
        ("file", "a file, not a folder"),
        ("", "model.checkpoint: empty"),
        ("no hub id", "neither a folder here nor a repository on the hub"),
    ],
)
def test_a_name_that_means_nothing(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    assert message in error_of(Checkpoint(name))


def test_a_download_holds_what_is_wanted_the_weights_last_and_then_needs_no_network(
    hub: Hub, machine: Machine
):
    hub.repos["own/model"] = repo = Repo()
    first = repo.push(MODEL)
    identity, folder = machine.call(("identity", "own/model"), ("folder", "own/model"))
    assert identity == {"checkpoint": "own/model", "commit": first}
    assert files_below(Path(folder)) == {name: MODEL[name] for name in WANTED}
    size = sum(len(MODEL[name]) for name in WANTED) / 1e3
    assert f"downloading own/model at {first}: 5 files, {size:.1f} kB\n" in machine.log
    gets = [asked.rpartition("/")[2] for asked in hub.asked() if asked.startswith("GET /own/")]
    assert set(gets) == WANTED
    assert gets[-1] == "model.safetensors"

    second = repo.push({**MODEL, "config.json": b"{ }"})  # not noticed until `fetch`
    calls = [("identity", "own/model"), ("folder", "own/model"), ("identity", "own/model", first)]
    shown = [identity, folder, identity]
    assert machine.call(*calls) == shown
    assert machine.call(*calls, HF_HUB_OFFLINE="1") == shown
    assert hub.asked() == []

    fetched, identity, again = machine.call(
        ("fetch", "own/model"), ("identity", "own/model"), ("fetch", "own/model")
    )
    assert identity["commit"] == second
    assert Path(fetched, "config.json").read_bytes() == b"{ }"
    assert "kB of it here already" in machine.log
    assert [asked.rpartition("/")[2] for asked in hub.asked() if asked.startswith("GET /own/")] == [
        "config.json"
    ]
    assert again == fetched
    assert "all of it here" in machine.log


def test_a_download_that_was_cut_off_goes_on_and_the_old_commit_stays_until_then(
    hub: Hub, machine: Machine
):
    hub.repos["own/model"] = repo = Repo()
    first = repo.push(MODEL)
    machine.call(("folder", "own/model"))
    weights = WEIGHTS * 2400  # more than the 10 MB that huggingface_hub writes at once
    second = repo.push({**MODEL, "model.safetensors": weights})
    repo.cut["model.safetensors"] = 22_000_000
    shown, identity = machine.call(("fetch", "own/model"), ("identity", "own/model"))
    assert shown == (
        "error: own/model: the download broke off (ChunkedEncodingError);"
        f" {FETCH} goes on where it stopped"
    )
    assert identity["commit"] == first
    shown, *identities = machine.call(
        ("folder", "own/model", second),
        ("identity", "own/model"),
        ("identity", "own/model", second),
        network=False,
    )
    assert shown.startswith(
        "error: own/model: not wholly downloaded: no weights (model.safetensors"
    )
    assert FETCH in shown
    assert [identity["commit"] for identity in identities] == [first, second]
    hub.asked()
    (folder,) = machine.call(("fetch", "own/model"))
    assert Path(folder, "model.safetensors").read_bytes() == weights
    (rest,) = [asked for asked in hub.asked() if asked.startswith("GET /own/")]
    assert int(rest.rpartition("+")[2]) >= 10_000_000


def test_what_another_program_downloaded_in_part_is_completed_at_its_commit(
    hub: Hub, machine: Machine
):
    hub.repos["own/model"] = repo = Repo()
    first = repo.push(MODEL)
    cache = machine.home / "hub/models--own--model"
    there = {f"snapshots/{first}/config.json": MODEL["config.json"]}
    write(cache, {"refs/main": first.encode(), **there})
    repo.push({**MODEL, "config.json": b"newer"})
    folder, identity = machine.call(("folder", "own/model"), ("identity", "own/model"))
    assert identity["commit"] == first
    assert {path.name for path in Path(folder).iterdir()} == WANTED


def test_a_repository_with_shards_and_one_of_another_kind(hub: Hub, machine: Machine):
    shards = {**SHARD, "model-00002-of-00002.safetensors": b"2"}
    model = {**MODEL, **shards}
    del model["model.safetensors"]
    hub.repos["own/shards"], hub.repos["own/comet"] = Repo(), Repo()
    hub.repos["own/shards"].push(model)
    hub.repos["own/comet"].push({"hparams.yaml": b"a: 1", "checkpoints/model.ckpt": b"", "x": b""})
    folder, other = machine.call(("folder", "own/shards"), ("folder", "own/comet"))
    assert set(files_below(Path(folder))) == (WANTED - {"model.safetensors"}) | set(shards)
    assert set(files_below(Path(other))) == {"hparams.yaml", "checkpoints/model.ckpt"}


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_file_that_is_not_the_one_listed_is_removed_and_fetched_anew(
    hub: Hub, machine: Machine, name: str
):
    hub.repos["own/model"] = repo = Repo()
    repo.push(MODEL)
    repo.served[name] = MODEL[name][::-1]  # of the same size
    (shown,) = machine.call(("folder", "own/model"))
    assert shown == (
        f"error: own/model: {name} is not the file whose hash 127.0.0.1 lists; it was removed;"
        f" {FETCH} downloads it anew"
    )
    assert MODEL[name][::-1] not in files_below(machine.home).values()
    repo.served.clear()
    (folder,) = machine.call(("fetch", "own/model"))
    assert files_below(Path(folder)) == {name: MODEL[name] for name in WANTED}
    # What is damaged on this machine is found and mended by the next `fetch`.
    (Path(folder) / name).resolve().write_bytes(b"damaged")
    shown, folder = machine.call(("fetch", "own/model"), ("fetch", "own/model"))
    assert f"{name} is not the file" in shown
    assert Path(folder, name).read_bytes() == MODEL[name]


OUTSIDE = "../../../../outside"


def test_headers_and_hashes_that_would_be_paths_are_refused(hub: Hub, machine: Machine):
    hostile = {
        "own/etag": Repo(headers={"ETag": f'"{OUTSIDE}"'}),
        "own/linked": Repo(headers={"X-Linked-Etag": f'"{OUTSIDE}"'}),
        "own/commit": Repo(headers={"X-Repo-Commit": OUTSIDE}),
        "own/listed": Repo(hashes={"model.safetensors": OUTSIDE}),
        "own/unlisted": Repo(hashes={"config.json": ""}),
    }
    for repo in hostile.values():
        repo.push(MODEL)
    hub.repos |= hostile
    for name, shown in zip(
        hostile, machine.call(*(("folder", name) for name in hostile)), strict=True
    ):
        assert shown.startswith(f"error: {name}: what answers at 127.0.0.1 is not the hub;"), shown
    assert not [path for path in machine.home.parent.rglob("*") if "outside" in path.name]
    hub.repos["own/model"] = Repo(headers={"X-Linked-Etag": ""})  # there, and empty: ETag counts
    hub.repos["own/model"].push(MODEL)
    (folder,) = machine.call(("folder", "own/model"))
    assert set(files_below(Path(folder))) == WANTED


def test_what_the_hub_refuses_is_told_in_one_line_that_says_the_way_round(
    hub: Hub, machine: Machine
):
    hub.repos |= {
        "own/open": Repo(),
        "own/gated": Repo(gated=True),
        "own/closed": Repo(private=True),
    }
    for repo in hub.repos.values():
        repo.push(MODEL)
    hub.repos["own/gguf"], hub.repos["own/shard"] = Repo(), Repo()
    hub.repos["own/gguf"].push({"config.json": b"", "tokenizer.json": b"", "m.gguf": b""})
    hub.repos["own/shard"].push({"config.json": b"", "tokenizer.json": b"", **SHARD})
    unknown = "neither a folder here nor a repository on the hub that can be read;"
    refusals = {
        ("own/nothing", "main"): [unknown, "correct model.checkpoint=", "HF_TOKEN"],
        ("nothing", "main"): [unknown],
        ("own/closed", "main"): [unknown],
        ("own/gated", "main"): [
            "gated:",
            "accept it at https://huggingface.co/own/gated, then set HF_TOKEN",
        ],
        ("own/open", "v9"): ["no revision 'v9'", "model.checkpoint=own/open@", "own/open/commits"],
        ("own/open", "0" * 40): ["no revision '0000", "model.checkpoint=own/open@"],
        ("own/open", ""): ["no revision after the @"],
        ("own/gguf", "main"): ["the repository has no weights (model.safetensors, "],
        ("own/shard", "main"): ["the repository has no model-00002-of-00002.safetensors"],
    }
    calls = [("folder", *call) for call in refusals]
    for (name, _), message, shown in zip(
        refusals, refusals.values(), machine.call(*calls), strict=True
    ):
        assert shown.startswith("error: ")
        assert name in shown
        for word in message:
            assert word in shown
    assert "own/gguf" not in machine.log  # nothing is downloaded of what cannot be loaded

    wrong = machine.call(*calls, HF_TOKEN="hf_of_somebody_else")
    assert [shown.split("; ")[0] for shown in wrong[:4]] == [
        "error: own/nothing: neither a folder here nor a repository on the hub that can be read",
        "error: nothing: neither a folder here nor a repository on the hub that can be read",
        "error: own/closed: neither a folder here nor a repository on the hub that can be read",
        "error: own/gated: gated: its licence has to be accepted first",
    ]
    assert "hf_of_somebody_else" not in " ".join(wrong) + machine.log
    right = machine.call(("folder", "own/gated"), ("folder", "own/closed"), HF_TOKEN="hf_right")
    assert not [shown for shown in right if shown.startswith("error")]


def test_without_a_way_to_the_hub_the_error_says_what_to_do(hub: Hub, machine: Machine):
    call = ("folder", "own/model")
    (shown,) = machine.call(call, network=False)
    assert shown == (
        "error: own/model: not downloaded, and 127.0.0.1 cannot be reached (ConnectionError);"
        f" run {FETCH} where there is a network, or give model.checkpoint=FOLDER"
    )
    (shown,) = machine.call(call, HF_HUB_OFFLINE="1")
    assert "not downloaded, and HF_HUB_OFFLINE" in shown
    assert FETCH in shown
    assert hub.asked() == []
    (shown,) = machine.call(call, HF_TOKEN="hf_no…token")
    assert "does not accept the token; renew or unset HF_TOKEN" in shown
    assert "hf_no" not in shown + machine.log
    hub.repos |= {"own/down": Repo(status=503), "own/proxy": Repo(status=200)}
    down, proxy = machine.call(("folder", "own/down"), ("folder", "own/proxy"))
    assert "answers with status 503; try again later" in down
    assert "is not the hub; check proxy and HF_ENDPOINT" in proxy


def test_a_cache_that_cannot_be_written_or_is_full(hub: Hub, machine: Machine):
    hub.repos["own/model"] = Repo()
    hub.repos["own/model"].push(MODEL)
    (shown,) = machine.call(("folder", "own/model"), most=5000)
    assert "own/model: cannot be downloaded to " in shown
    assert "File too large; free space, or set HF_HOME" in shown
    (shown,) = machine.call(("folder", "own/model"), HF_HUB_CACHE="/proc/nowhere")
    assert "cannot be downloaded to /proc/nowhere: " in shown
    assert "set HF_HOME to a folder that can be written" in shown


def test_a_damaged_checkpoint_is_named_with_what_mends_it(tmp_path: Path):
    error = ValueError("header\n too large " + "x" * 500)
    shown = str(damaged(tmp_path, error))
    assert shown.startswith(f"{tmp_path}: cannot be loaded: ValueError: he")
    assert shown.endswith("...; choose another model.checkpoint=, or copy a damaged folder anew")
    cached = tmp_path / "models--own--model"
    shown = str(damaged(cached / "snapshots" / ("0" * 40), error, FETCH))
    assert shown.startswith("own/model: cannot be loaded")
    assert shown.endswith(f"; if a file is damaged, delete {cached}, then {FETCH}")
