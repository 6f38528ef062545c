"""Sweeps: each job writes a report to disk, so that parallel jobs end in one leaderboard."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from evalharness.commands.fetch import fetch
from evalharness.commands.run import exit_code
from evalharness.config import SCHEMAS, Format, explained, settle
from evalharness.disk import remove_abandoned, write_files
from evalharness.errors import EvalHarnessError
from evalharness.evaluation import make_runs
from evalharness.leaderboard import rebuild, report_absent, show_runs
from evalharness.reading import read_json
from evalharness.secrecy import scrub
from evalharness.terminal import error_line

log = logging.getLogger(__name__)

SWEEP_DIR = "EVALHARNESS_SWEEP_DIR"
"""The environment variable that tells a sweep's jobs, also in other processes, its folder."""

_REPORT = "job.{number}.json"


def run_job(config: DictConfig, command: str) -> None:
    """Runs one job of a sweep and reports on disk what it made, or why it could not.

    Args:
        config: The job's configuration.
        command: What is swept: `run` or `fetch`.
    """
    job = HydraConfig.get()
    report: dict[str, object] = {
        "number": job.job.num,
        "overrides": OmegaConf.to_container(job.overrides.task),
        "require_metrics": command == "run" and config.require_metrics,
        "runs": [],
        "error": None,
        "code": 2,
    }
    try:
        settle(config, SCHEMAS[command])
        report |= {"results_dir": config.results_dir, "format": config.format.name}
        if command == "fetch":
            report["code"] = fetch(config)
        else:
            runs = make_runs(config)
            code = exit_code(runs, config.require_metrics)
            report |= {"runs": [run.folder for run in runs], "code": code}
    except Exception as error:  # one job must not take the others down
        line = explained(error)
        report["error"] = scrub(line or f"{type(error).__name__}: {error}")
        log.error("%s", report["error"], exc_info=config.debug or line is None)
    name = _REPORT.format(number=job.job.num)
    folder = Path(os.environ.get(SWEEP_DIR, job.sweep.dir))
    remove_abandoned(folder.parent, "*/job.*.json")  # what earlier sweeps left
    write_files(folder, {name: (json.dumps(report, indent=2) + "\n").encode()})


def summarize(folder: Path) -> int:
    """Ends a sweep: one leaderboard over the runs it made, and the names of the jobs that failed.

    Args:
        folder: The sweep's folder, with a report of each job.

    Returns:
        The highest of the jobs' exit codes.

    Raises:
        EvalHarnessError: There are no reports, or the leaderboard cannot be written.
    """
    reports = [read_json(path) for path in folder.glob(_REPORT.format(number="*"))]
    if not reports:
        raise EvalHarnessError("no job has reported", where=folder)
    reports.sort(key=lambda report: report["number"])
    for results in dict.fromkeys(report["results_dir"] for report in reports if report["runs"]):
        board = rebuild(Path(results))
        there = [report for report in reports if report.get("results_dir") == results]
        made = dict.fromkeys(folder for report in there for folder in report["runs"])
        found = {run.folder: run for run in board.runs}
        runs = [found[folder] for folder in made if folder in found]
        show_runs(board, runs, Format[there[0]["format"]])
        strict = {name for report in there if report["require_metrics"] for name in report["runs"]}
        report_absent([run for run in runs if run.folder in strict])
    shared: set[str] = set()
    if len(reports) > 1:
        shared = set.intersection(*(set(report["overrides"]) for report in reports))
    for report in reports:
        if report["error"]:
            job = " ".join(word for word in report["overrides"] if word not in shared)
            error_line(f"evalharness: failed: {job}: {report['error']}")
    return max(int(report["code"]) for report in reports)
