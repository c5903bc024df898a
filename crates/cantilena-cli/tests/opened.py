#!/usr/bin/env python3
"""Composes pieces and opens them elsewhere: every program must find the same music in them.

    opened.py CANTILENA MODEL [MELODY]

MODEL is a note model, MELODY one of the recipe `melody`, whose bands have drums. Needs mido,
pretty_midi, symusic and music21; MuseScore (`mscore3`) is asked too where it is installed. Prints a
line a piece, and ends with status 1 where any two disagree on notes, tempo, bars or drums, or two
notes of one pitch overlap on a channel.
"""

import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile

import mido
import music21
import pretty_midi
import symusic

SEEDS = range(1, 11)
GENRES = ["fastbeat", "jazz", "rock", "classical", "blues", "pop", "electronic", "reggae"]


def composed(cantilena, folder, name, *asked):
    """A composed file, and what we ourselves find in it."""
    path = os.path.join(folder, f"{name}.mid")
    subprocess.run([cantilena, "compose", *asked, "-o", path], check=True, capture_output=True)
    told = subprocess.run([cantilena, "inspect", "--json", path], check=True, capture_output=True)
    return path, json.loads(told.stdout)


def by_mido(path):
    """Notes, drum notes, overlaps on one pitch and channel, and the first tempo."""
    notes, drums, overlaps, tempo = 0, 0, 0, None
    sounding = collections.Counter()
    for message in mido.merge_tracks(mido.MidiFile(path).tracks):
        if message.type == "set_tempo" and tempo is None:
            tempo = mido.tempo2bpm(message.tempo)
        if message.type not in ("note_on", "note_off"):
            continue
        key = (message.channel, message.note)
        if message.type == "note_on" and message.velocity > 0:
            notes += 1
            drums += message.channel == 9
            overlaps += sounding[key] > 0
            sounding[key] += 1
        else:
            sounding[key] = max(0, sounding[key] - 1)
    return notes, drums, overlaps, tempo


def by_music21(path):
    """Notes, each counted where its first tied part begins, and bars."""
    score = music21.converter.parse(path)
    bars = max((len(part.getElementsByClass("Measure")) for part in score.parts), default=0)
    heads = [head for e in score.recurse().notes for head in getattr(e, "notes", [e])]
    return sum(head.tie is None or head.tie.type == "start" for head in heads), bars


def by_musescore(path):
    """Notes after MuseScore has read the file and written it again."""
    program = shutil.which("mscore3") or shutil.which("musescore3") or shutil.which("mscore")
    if program is None:
        return None
    again = path.replace(".mid", ".musescore.mid")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([program, "-o", again, path], check=True, capture_output=True, env=environment)
    return by_mido(again)[0]


def main():
    cantilena, model, *melody = sys.argv[1:]
    disagreements, notated = 0, []
    with tempfile.TemporaryDirectory() as folder:
        pieces = [(f"seed-{s}", (model, "--bars", "16", "--seed", str(s))) for s in SEEDS]
        for genre in GENRES if melody else []:
            pieces.append((genre, (melody[0], "--genre", genre, "--notes", "64", "--seed", "1")))
        for name, asked in pieces:
            path, ours = composed(cantilena, folder, name, *asked)
            notes, drums, overlaps, tempo = by_mido(path)
            pretty = pretty_midi.PrettyMIDI(path)
            counts = {
                "inspect": ours["notes"],
                "mido": notes,
                "pretty_midi": sum(len(i.notes) for i in pretty.instruments),
                "symusic": symusic.Score(path).note_num(),
            }
            music21_notes, bars = by_music21(path)
            counts["music21"] = music21_notes
            musescore = by_musescore(path)
            if musescore is not None:
                notated.append(musescore == ours["notes"])
            pretty_drums = sum(len(i.notes) for i in pretty.instruments if i.is_drum)
            agree = (
                len(set(counts.values())) == 1
                and bars == ours["bars"]
                and drums == pretty_drums
                and overlaps == 0
                and abs(pretty.get_tempo_changes()[1][0] - tempo) < 0.01
            )
            disagreements += not agree
            said = ", ".join(f"{who} {count}" for who, count in counts.items())
            if musescore is not None:
                said += f"; in MuseScore {musescore}"
            print(
                f"{'same' if agree else 'DIFFERS'} {name}: notes {said}; bars {ours['bars']} and"
                f" {bars}; drums {drums} and {pretty_drums}; overlaps {overlaps}; {tempo:.1f} bpm"
            )
    print(f"{len(pieces) - disagreements} of {len(pieces)} pieces are the same everywhere")
    if notated:
        print(f"{sum(notated)} of {len(notated)} in MuseScore, which opened all of them")
    sys.exit(disagreements > 0)


main()
