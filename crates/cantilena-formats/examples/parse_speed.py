"""Reads a folder of MIDI files with this project's reader and with symusic in turn, one thread each,
and prints the CPU time of both in milliseconds a file: the median of eleven rounds.

Needs symusic; from the workspace root:

    cargo build --release -p cantilena-formats --example parse_speed
    python crates/cantilena-formats/examples/parse_speed.py FOLDER
"""

import pathlib
import resource
import statistics
import subprocess
import sys

import symusic

PROGRAM = pathlib.Path(__file__).resolve().parents[3] / "target/release/examples/parse_speed"
ROUNDS, TIMES = 11, 3


def our_seconds(folder, times):
    """User time of the program, with the files already in memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([PROGRAM, folder, str(times)], check=True, stdout=subprocess.DEVNULL)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def their_seconds(files):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    for data in files:
        symusic.Score.from_midi(data)
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime - before


def main():
    folder = sys.argv[1]
    paths = sorted(p for p in pathlib.Path(folder).rglob("*.mid*") if p.is_file())
    files = [path.read_bytes() for path in paths]
    ours, theirs = [], []
    for _ in range(ROUNDS):
        reading = our_seconds(folder, TIMES) - our_seconds(folder, 0)
        ours.append(reading / TIMES / len(files) * 1000)
        theirs.append(their_seconds(files) / len(files) * 1000)
    ratios = sorted(their / our for our, their in zip(ours, theirs))
    print(f"{len(files)} files; ms a file: ours {statistics.median(ours):.3f}, "
          f"symusic {symusic.__version__} {statistics.median(theirs):.3f}; times faster: "
          f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
