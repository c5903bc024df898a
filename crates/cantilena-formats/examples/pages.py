"""Reads pages with music21 and compares their notes with those that this project reads from them.

Needs music21; give pairs of names without endings, each a page and its notes as JSON:

    cargo run --release -p cantilena-formats --example convert -- piece.mid piece.musicxml
    cargo run --release -p cantilena-formats --example convert -- piece.musicxml piece.json
    python crates/cantilena-formats/examples/pages.py piece…
"""

import collections
import json
import sys
import warnings
from fractions import Fraction

from music21 import chord, converter, harmony, note, percussion

warnings.filterwarnings("ignore")


def our_notes(path):
    """Onset and duration in quarters, and pitch, of every note."""
    score = json.load(open(path))
    clock = score["ticks_per_quarter"]
    return collections.Counter(
        (
            Fraction(n["onset"], clock),
            Fraction(n["duration"], clock),
            "drum" if track["is_drums"] else n["pitch"],
        )
        for track in score["tracks"]
        for n in track["notes"]
    )


def heads(part):
    """Every note head with its voice, in time."""
    found = []
    for measure in part.getElementsByClass("Measure"):
        # A bar of one voice has no Voice of its own; it is the first of its staff.
        voices = [(int(v.id) % 4, v) for v in measure.voices] or [(1, measure)]
        for voice, elements in voices:
            for element in elements.notes:
                if isinstance(element, harmony.Harmony):
                    continue
                is_chord = isinstance(element, (chord.Chord, percussion.PercussionChord))
                onset = Fraction(measure.offset + element.offset).limit_denominator(10_000)
                length = Fraction(element.quarterLength).limit_denominator(10_000)
                for head in element.notes if is_chord else [element]:
                    is_drum = isinstance(head, note.Unpitched)
                    pitch = "drum" if is_drum else head.pitch.midi
                    # Drums may share a line and differ in their heads.
                    key = (voice, head.displayName + head.notehead if is_drum else pitch)
                    tie = head.tie.type if head.tie else None
                    found.append((onset, length, pitch, key, tie))
    return sorted(found, key=lambda head: head[0])


def their_notes(path):
    """The same as music21 reads them, with ties joined within their voice."""
    notes = collections.Counter()
    for part in converter.parse(path, forceSource=True).parts:
        held = {}
        for onset, length, pitch, key, tie in heads(part):
            before = held.pop(key, None) if tie in ("stop", "continue") else None
            if before and sum(before) == onset:
                onset, length = before[0], before[1] + length
            if tie in ("start", "continue"):
                held[key] = (onset, length)
            else:
                notes[onset, length, pitch] += 1
    return notes


def main():
    equal = 0
    for name in sys.argv[1:]:
        ours, theirs = our_notes(name + ".json"), their_notes(name + ".musicxml")
        missing, more = sum((ours - theirs).values()), sum((theirs - ours).values())
        equal += missing == more == 0
        found = f"{missing} not in music21's, {more} only there"
        print(f"{name}: {sum(ours.values())} notes, {found}", flush=True)
    print(f"{equal} of {len(sys.argv) - 1} pages are equal")


if __name__ == "__main__":
    main()
