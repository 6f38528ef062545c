"""Sweeps: what each job made is kept on disk, so that parallel jobs end in one leaderboard."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf

from evalharness.config import Format
from evalharness.errors import EvalHarnessError
from evalharness.leaderboard import rebuild, show
from evalharness.run import exit_code, make_runs
from evalharness.store import read_run, write_files

log = logging.getLogger(__name__)

_REPORT = "job.{number}.json"


def run_job(config: DictConfig) -> None:
    """Runs one job of a sweep and reports on disk what it made, or why it could not."""
    job = HydraConfig.get()
    overrides = OmegaConf.to_container(job.overrides.task)
    report: dict[str, object] = {"overrides": overrides, "runs": [], "error": None, "code": 2}
    try:
        records = make_runs(config)
        report |= {"runs": [r.folder for r in records], "code": exit_code(records)}
    except (EvalHarnessError, OSError) as error:
        if config.debug:
            raise
        log.error("%s", error)
        report["error"] = str(error)
    name = _REPORT.format(number=job.job.num)
    write_files(Path(job.sweep.dir), {name: (json.dumps(report, indent=2) + "\n").encode()})


class SweepSummary(Callback):
    """Ends a sweep with one leaderboard over what was swept, and names the jobs that failed."""

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Reads the jobs' reports.

        Raises:
            SystemExit: A job failed: with the highest of the jobs' exit codes.
        """
        results = Path(config.results_dir)
        folder = Path(config.hydra.sweep.dir)
        paths = sorted(folder.glob(_REPORT.format(number="*")), key=lambda path: path.name)
        reports = [json.loads(path.read_bytes()) for path in paths]
        rebuild(results)
        made = dict.fromkeys(run for report in reports for run in report["runs"])
        if made:
            show([read_run(results, run) for run in made], Format.table)
        shared = set.intersection(*(set(report["overrides"]) for report in reports))
        for report in reports:
            if report["error"]:
                job = " ".join(word for word in report["overrides"] if word not in shared)
                sys.stderr.write(f"evalharness: failed: {job}: {report['error']}\n")
        if code := max((report["code"] for report in reports), default=0):
            raise SystemExit(code)
