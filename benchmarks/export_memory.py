"""An export's memory and time: how far its ZIP's size shows in the memory of who packs and sends it.

Run: ``python -m benchmarks.export_memory [GIGABYTES]`` (a quarter when left out). A workspace is filled with
posts whose pictures are noise, so that nothing can be compressed. One process exports a post without any
picture, another everything; each tells its peak of resident memory.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dashboard.services.data import catalogue, imports
from dashboard.services.data.imports import Order
from dashboard.services.people import LOCAL_USER
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import Seen
from dashboard.services.studio import campaigns
from dashboard.settings import Settings
from dashboard.workspace import Workspace, open_workspace
from db.repositories import media
from db.repositories.media import NewMedia
from engine.creator.orders import CampaignOrder
from engine.provenance import write_source_type

PRODUCTS = "product_id,name,price,currency,materials,features\n" + "".join(
    f"P{n},Lamp {n},{20 + n},EUR,brass,a warm light; a long cord\n" for n in range(1, 21)
)
SIZE, PICTURES_A_POST = (2400, 1800), 25


class AtOnce:
    """A task that runs in place."""

    id = "benchmark"

    def step(self, _name: str, work: Any) -> Any:
        return work()

    def progress(self, done: int, total: int, message: str) -> None:
        pass


def fill(workspace: Workspace, folder: Path, target_bytes: int) -> list[int]:
    """Fill a workspace with approved posts; the first has no picture. Return their versions."""
    path = folder / "products.csv"
    path.write_text(PRODUCTS)
    found = imports.look(workspace, path, path.name, "products")
    import_id = imports.record(
        workspace, Order(path, path.name, found.file_sha256, "products", found.mapping), LOCAL_USER
    )
    imports.run_import(workspace, AtOnce(), {"import_id": import_id, "path": str(path)})
    ids = tuple(p.id for p in catalogue.listing(workspace))
    order = CampaignOrder("Size", "sales", ids, ("instagram",), variants=2, thumbnails=False)
    campaign_id = campaigns.record(workspace, LOCAL_USER, order)
    campaigns.run_campaign(workspace, AtOnce(), {"campaign_id": campaign_id})
    versions, rest, random = [], target_bytes, np.random.default_rng(7)
    for number, draft in enumerate(campaigns.drafts(workspace, campaign_id)):
        version_id = draft.id
        if number and rest > 0:
            digests, size = _pictures(workspace, random, rest)
            rest -= size
            changes = {"media": digests, "alt_texts": tuple("Noise." for _ in digests)}
            version_id = campaigns.edit(workspace, LOCAL_USER, draft.id, changes)
        elif number:
            break
        shown = deciding.item(workspace, version_id)
        reasons = {f.rule_id: "A benchmark." for f in shown.waivable}
        deciding.decide(
            workspace, LOCAL_USER, version_id, Seen(shown.version.content_hash, 0), "approve", waivers=reasons
        )
        versions.append(version_id)
    return versions


def _pictures(workspace: Workspace, random: np.random.Generator, most: int) -> tuple[tuple[str, ...], int]:
    digests, size = [], 0
    while len(digests) < PICTURES_A_POST and size < most:
        buffer = io.BytesIO()
        Image.fromarray(random.integers(0, 256, (*SIZE[::-1], 3), np.uint8)).save(buffer, "JPEG", quality=95)
        data = write_source_type(buffer.getvalue(), "algorithmicallyEnhanced")
        with workspace.database.writing() as session:
            digests.append(media.add(session, workspace.files, NewMedia("thumbnail", *SIZE, {}), data))
        size += len(data)
    return tuple(digests), size


def export(folder: str, versions: list[int]) -> None:
    """Export, read the ZIP back as a download does, and print what it took."""
    workspace = open_workspace(Settings(workspace=Path(folder), demo=False))
    begun = time.perf_counter()
    package = exporting.export(workspace, LOCAL_USER, versions)
    packed = time.perf_counter()
    sent = sum(len(block) for block in workspace.files.blocks(package.sha256))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    done = time.perf_counter()
    print(json.dumps({"bytes": sent, "mib": peak, "packed": packed - begun, "sent": done - packed}))


def main() -> None:
    """Measure both processes and print a table."""
    gigabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 0.25
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace = open_workspace(Settings(workspace=folder / "w", demo=False))
        versions = fill(workspace, folder, int(gigabytes * 2**30))
        workspace.database.engine.dispose()
        print("| export | ZIP, MiB | peak memory, MiB | checked and packed, s | read back, s |\n|---|---|---|---|---|")
        for what, chosen in (("one post without a picture", versions[:1]), ("everything", versions)):
            command = [
                sys.executable,
                "-m",
                "benchmarks.export_memory",
                "--export",
                str(folder / "w"),
                *map(str, chosen),
            ]
            told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            size, memory = f"{told['bytes'] / 2**20:,.1f}", f"{told['mib']:,.0f}"
            print(f"| {what} | {size} | {memory} | {told['packed']:.1f} | {told['sent']:.1f} |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--export"]:
        export(sys.argv[2], [int(v) for v in sys.argv[3:]])
    else:
        main()
