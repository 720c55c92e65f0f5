"""Twenty people at once on Review and Studio: no error, and how long a click takes until the page rests.

Run: ``python -m benchmarks.load_sessions [WORKSPACE] [--sessions 20] [--rounds 3]``. The workspace must hold
drafts that wait for review; a copy of it is used, so nothing in it changes. Without one, the demo is. Each
session is a browser context of its own in one Chromium. All work at the same time, and the browser uses the
same cores as the app, so that the figures are an upper bound. Ends with 1 when any page showed an error,
logged one, or did not come to rest.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Error, Page, async_playwright

from benchmarks.page_cost import filled

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
LIMIT_MS = 60_000
READY_SECONDS = 60
# A page rests when the app says that no script runs and nothing on it waits to be drawn anew.
AT_REST = """
() => document.querySelector('h1')
  && document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'running'
  && !document.querySelector('[data-testid=stStatusWidget]')
  && !document.querySelector('[data-stale=true]')
"""
BROKEN = "[data-testid=stException], [data-testid=stConnectionStatus], [role=dialog]:has-text('Connection')"


@dataclass
class Findings:
    """Seconds by kind of step, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def add(self, step: str, seconds: float) -> None:
        """Note how long a step took."""
        self.seconds.setdefault(step, []).append(seconds)

    def wrong(self, words: str) -> None:
        """Note an error."""
        self.errors.append(words)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path) -> tuple[str, subprocess.Popen[bytes]]:
    """Start the app over a workspace and wait until it is ready."""
    port = free_port()
    line = [sys.executable, "-m", "dashboard.cli", "--workspace", str(folder), "serve", "--port", str(port)]
    log = (folder.parent / "server.log").open("wb")
    environment = {**os.environ, "DIGITAL_PERSONA_DEMO": "false", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(line, env=environment, stdout=log, stderr=subprocess.STDOUT)
    url, until = f"http://127.0.0.1:{port}", time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/api/ready", timeout=2):
                return url, process
        except OSError:
            time.sleep(0.2)
    process.kill()
    raise SystemExit(f"The app did not start; see {folder.parent / 'server.log'}.")


async def rest(page: Page) -> None:
    """Wait until the page rests, twice in a row: a rerun may begin a moment after the click."""
    await page.wait_for_function(AT_REST, timeout=LIMIT_MS)
    await asyncio.sleep(0.05)
    await page.wait_for_function(AT_REST, timeout=LIMIT_MS)


async def timed(findings: Findings, page: Page, step: str, action: Any, shown: str | None = None) -> None:
    """Do something and note how long it took until the page rested and showed the words expected."""
    began = time.monotonic()
    await action()
    if shown:
        await page.get_by_text(shown, exact=False).first.wait_for(timeout=LIMIT_MS)
    await rest(page)
    findings.add(step, time.monotonic() - began)
    broken = await page.locator(BROKEN).count()
    if broken:
        findings.wrong(f"{step}: the page shows an error.")


async def session(context: Any, url: str, number: int, rounds: int, findings: Findings) -> None:
    """One person: read the queue item by item, then look at a campaign and open a form, again and again."""
    page: Page = await context.new_page()
    page.set_default_timeout(LIMIT_MS)
    page.on("pageerror", lambda error: findings.wrong(f"session {number}: script error: {error}"))
    page.on("response", lambda r: findings.wrong(f"session {number}: {r.status} {r.url}") if r.status >= 500 else None)
    try:
        for _ in range(rounds):
            await timed(findings, page, "open Review", lambda: page.goto(f"{url}/review"), "Item 1 of")
            for item in range(2, 5):
                following = page.get_by_role("button", name="Next")
                await timed(findings, page, "next item", following.click, f"Item {item} of")
            await timed(findings, page, "open Studio", lambda: page.goto(f"{url}/studio"))
            await timed(findings, page, "to Review by the menu", page.get_by_role("link", name="Review").click, "Item ")
    except (Error, TimeoutError) as error:
        findings.wrong(f"session {number}: {str(error).splitlines()[0]}")
    finally:
        await context.close()


async def measure(url: str, sessions: int, rounds: int, chromium: str) -> Findings:
    """Let every session work at the same time."""
    findings = Findings()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        contexts = [await browser.new_context(viewport={"width": 1280, "height": 900}) for _ in range(sessions)]
        await asyncio.gather(*(session(c, url, i, rounds, findings) for i, c in enumerate(contexts, start=1)))
        await browser.close()
    return findings


def told(findings: Findings, sessions: int, rounds: int) -> None:
    """Print p50 and p95 of each step, and every error."""
    print(f"{sessions} sessions, {rounds} rounds; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the end")
    every = [s for values in findings.seconds.values() for s in values]
    for step, values in [*findings.seconds.items(), ("all steps", every)]:
        cuts = statistics.quantiles(values, n=20, method="inclusive") if len(values) > 1 else values * 19
        print(f"{step:24} n={len(values):4}  p50 {statistics.median(values):6.2f} s  p95 {cuts[18]:6.2f} s")
    print(f"errors: {len(findings.errors)}")
    for error in findings.errors[:20]:
        print(f"  {error}")


def main() -> int:
    """Measure and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path, nargs="?")
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    chromium = os.environ.get("DIGITAL_PERSONA_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        raise SystemExit("There is no Chromium: install it or set DIGITAL_PERSONA_CHROMIUM.")
    print(f"load before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "workspace"
        if asked.workspace:
            shutil.copytree(asked.workspace, copied)
        else:
            filled(copied)
        url, process = start(copied)
        try:
            findings = asyncio.run(measure(url, asked.sessions, asked.rounds, chromium))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(40)
    told(findings, asked.sessions, asked.rounds)
    return 1 if findings.errors or not findings.seconds else 0


if __name__ == "__main__":
    raise SystemExit(main())
