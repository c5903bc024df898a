"""How far steps and durations spread in MAESTRO, which is what a constant prediction costs:
`spread.py FOLDER [TABLE]`, with a folder of its MIDI files and its CSV. Needs symusic and NumPy.

Prints the variance of single pieces and of random fives (the size of the tutorial's corpus); given
the table, what the means of the pieces that are learnt from cost on those that are held back."""
import csv
import glob
import os
import sys

import numpy as np
import symusic

files = sorted(glob.glob(os.path.join(sys.argv[1], "**/*.midi"), recursive=True))
steps, durations = [], []
for file in files:
    notes = symusic.Score(file, ttype="second").tracks[0].notes.numpy()
    order = np.argsort(notes["time"], kind="stable")
    onsets = notes["time"][order]
    steps.append(np.diff(onsets, prepend=onsets[0]))
    durations.append(notes["duration"][order])

STEP, DURATION = 0.0092, 0.0180
single = np.array([(s.var(), d.var()) for s, d in zip(steps, durations)])
rng = np.random.default_rng(0)
fives = [rng.choice(len(files), 5, replace=False) for _ in range(2000)]
joined = lambda of, chosen: np.concatenate([of[index] for index in chosen]).var()
fives = np.array([(joined(steps, chosen), joined(durations, chosen)) for chosen in fives])
whole = np.concatenate(steps)
squared = np.sort((whole - whole.mean()) ** 2)
print(f"{len(files)} pieces; all notes: step {whole.var():.4f}, "
      f"duration {np.concatenate(durations).var():.4f}")
print(f"the largest 1 % of steps are {squared[-len(squared) // 100:].sum() / squared.sum():.0%} of it")
print(f"first five: step {joined(steps, range(5)):.4f}, duration {joined(durations, range(5)):.4f}")
for name, spread in [("one piece", single), ("five pieces at random", fives)]:
    median, least = np.median(spread, axis=0), spread.min(axis=0)
    below = ((spread[:, 0] < STEP) & (spread[:, 1] < DURATION)).sum()
    print(f"{name}: median {median[0]:.4f} and {median[1]:.4f}, least {least[0]:.4f} and "
          f"{least[1]:.4f}, below the authors' errors in both: {below} of {len(spread)}")
if len(sys.argv) > 2:
    with open(sys.argv[2], newline="") as table:
        split = {os.path.basename(row["midi_filename"]): row["split"] for row in csv.DictReader(table)}
    side = [split[os.path.basename(file)] for file in files]
    of = lambda values, name: np.concatenate([v for v, s in zip(values, side) if s == name])
    errors = [((of(v, "validation") - of(v, "train").mean()) ** 2).mean() for v in (steps, durations)]
    print(f"learnt from train, on validation: step {errors[0]:.4f}, duration {errors[1]:.4f}")
