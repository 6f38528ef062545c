"""What asking a server costs beyond the server: python benchmarks/remote.py.

A server in another process answers each request after 50 ms; 2,000 segments are asked for at
several concurrencies, through all of the harness: client, limits, retries, translation store. The
ideal is segments / concurrency x 50 ms. Goal: at most 1.25 times the ideal at concurrency 32.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import platform
import tempfile
import time
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path

from evalharness.systems.remote import ChatSystem
from evalharness.testsets import Bitext, Segment
from evalharness.translation import translate

SEGMENTS, DELAY = 2000, 0.05
HEADERS = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            request = json.loads(await reader.readexactly(int(length)))
            await asyncio.sleep(DELAY)
            message = {"role": "assistant", "content": request["messages"][-1]["content"]}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            usage = {"prompt_tokens": 30, "completion_tokens": 30, "total_tokens": 60}
            body = json.dumps({"id": "x", "choices": [choice], "usage": usage}).encode()
            writer.write(HEADERS.format(len(body)).encode() + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def serve(connection: Connection) -> None:
    """Serves on a port of its own choice, which it tells."""

    async def run() -> None:
        server = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=256)
        connection.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def measure(url: str, concurrency: int) -> float:
    """Returns the seconds that all segments take into an empty store."""
    texts = [f"segment {n} " + "söz " * 20 for n in range(SEGMENTS)]
    segments = tuple(Segment(str(n), n, None, text, ("x",)) for n, text in enumerate(texts))
    bitext = Bitext("t", "tr", "en", segments, "src.txt", SEGMENTS, ("human",))
    system = ChatSystem(base_url=url, model="m", prompt="{text}", concurrency=concurrency)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        made = translate(system, bitext, Path(folder))
        seconds = time.perf_counter() - started
    assert made.texts == tuple(text.strip() for text in texts)
    return seconds


def main() -> None:
    """Measures, prints a table and writes the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[8, 16, 32, 64])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results")
    options = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{ours.recv()}/v1"
    rows = []
    measure(url, options.concurrency[-1])  # imports, warm-up
    print("concurrency  ideal s  measured s (all)           best / ideal  median / ideal")
    for concurrency in options.concurrency:
        ideal = SEGMENTS / concurrency * DELAY
        times = sorted(measure(url, concurrency) for _ in range(options.repeats))
        best, median = times[0] / ideal, times[len(times) // 2] / ideal
        shown = " ".join(f"{seconds:.2f}" for seconds in times)
        print(f"{concurrency:11}  {ideal:7.2f}  {shown:25}  {best:12.3f}  {median:14.3f}")
        rows.append(
            {
                "concurrency": concurrency,
                "ideal_seconds": ideal,
                "seconds": [round(seconds, 3) for seconds in times],
                "best_over_ideal": round(best, 3),
                "median_over_ideal": round(median, 3),
            }
        )
    server.terminate()
    facts = {
        "segments": SEGMENTS,
        "delay_seconds": DELAY,
        "cores": os.cpu_count(),
        "load_average_before_the_end": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "httpcore": version("httpcore"),
        "rows": rows,
    }
    options.results.mkdir(parents=True, exist_ok=True)
    path = options.results / "remote.json"
    path.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
