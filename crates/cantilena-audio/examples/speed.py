"""Runs our spectrograms and librosa's in turn, and prints how many times faster ours are.

Needs librosa 0.11; from the workspace root:

    cargo build --release -p cantilena-audio --example speed
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python crates/cantilena-audio/examples/speed.py 1
"""

import pathlib
import statistics
import subprocess
import sys
import time

import librosa
import numpy as np

PROGRAM = pathlib.Path(__file__).resolve().parents[3] / "target/release/examples/speed"
RATE = 22_050


def processor_seconds(work, rounds):
    """Seconds of processor a round, all threads together: others on the machine make clocks lie."""
    work()
    start = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - start) / rounds


def main():
    threads = sys.argv[1]
    t = np.arange(60 * RATE) / RATE
    y = sum(np.sin(2 * np.pi * f * t * (1 + 0.001 * np.sin(t))) for f in (220, 277.2, 329.6))
    y = (y / 4).astype(np.float32)
    magnitudes = np.abs(librosa.stft(y))
    mel = dict(y=y, sr=RATE, n_mels=128, fmax=8000)
    theirs = {
        "log-mel": (lambda: librosa.power_to_db(librosa.feature.melspectrogram(**mel)), 20),
        "griffin-lim 32": (lambda: librosa.griffinlim(magnitudes, n_iter=32), 1),
        "pyin 10 s": (lambda: librosa.pyin(y[: 10 * RATE], fmin=65.4, fmax=2093, sr=RATE), 1),
    }
    ratios = {name: [] for name in theirs}
    for _ in range(3):
        rows = subprocess.run([PROGRAM, threads], check=True, capture_output=True, text=True).stdout
        for row in rows.splitlines():
            name, seconds, _ = row.split("\t")
            work, rounds = theirs[name]
            other = processor_seconds(work, rounds)
            ratios[name].append(other / float(seconds))
            print(f"{name}: ours {float(seconds):.4f} s, librosa {other:.4f} s", flush=True)
    for name, values in ratios.items():
        print(f"{name}: {statistics.median(values):.1f} times faster")


if __name__ == "__main__":
    main()
