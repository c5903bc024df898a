"""Measures how well a model keeps to what it is asked for: how many notes come at each density, and
as which key its pieces are heard.

    python3 docs/composing/controls.py target/release/cantilena MODEL ...

Pieces of 16 bars, the same seeds for all; medians of notes, and shares of pieces."""
import json
import os
import statistics
import subprocess
import sys
import tempfile

SEEDS = range(1, 9)
DENSITIES = ["-2", "-1", "-0.5", "0", "0.5", "1", "2"]
KEYS = {"C": "C major", "Eb": "Eb major", "F#m": "F# minor", "Am": "A minor", "G": "G major"}


def composed(model, seed, *options):
    """What the report of a piece says of it."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "piece.json")
        command = [BINARY, "compose", model, "--bars", "16", "--seed", str(seed), *options]
        subprocess.run([*command, "-o", report], check=True, capture_output=True)
        with open(report) as file:
            return json.load(file)["piece"]


BINARY, MODELS = sys.argv[1], sys.argv[2:]
print("| model | " + " | ".join(DENSITIES) + " | key heard |")
print("|---|" + "---:|" * (len(DENSITIES) + 1))
for model in MODELS:
    notes = [
        statistics.median(composed(model, seed, "--density", density)["notes"] for seed in SEEDS)
        for density in DENSITIES
    ]
    heard = [
        composed(model, seed, "--key", key)["key_heard"] == name
        for key, name in KEYS.items()
        for seed in SEEDS
    ]
    cells = [f"{count:g}" for count in notes] + [f"{sum(heard)} of {len(heard)}"]
    print(f"| {os.path.basename(os.path.normpath(model))} | " + " | ".join(cells) + " |")
