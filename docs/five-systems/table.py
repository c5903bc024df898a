"""Writes docs/five-systems.md: each system as its authors describe it, trained here and in Keras
on the same windows, one after the other.

    python3 docs/five-systems/table.py --data ../shared/data --models target/five-systems \
        --minutes 3 --legacy-minutes 10 --keras VENV/bin/python

A training that --models already holds is not repeated, so a table that was interrupted goes on, and
one system can be measured anew by deleting its folder. Without --keras the peer's columns stay
empty. Times are of the processor (user and system, all threads), because a machine that others
use makes clocks lie."""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import zipfile

parser = argparse.ArgumentParser()
parser.add_argument("--data", default="../shared/data")
parser.add_argument("--models", default="target/five-systems")
parser.add_argument("--minutes", type=float, default=3.0)
parser.add_argument("--legacy-minutes", type=float, default=10.0)
parser.add_argument("--keras", help="a Python that has Keras")
parser.add_argument("--only", nargs="*", help="names of systems")
parser.add_argument("--only-legacy", nargs="*", default=[], help="these under no other protocol")
options = parser.parse_args()
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
os.chdir(ROOT)
DATA = os.path.abspath(options.data)
THREADS = 2
CANTILENA = "target/release/cantilena"

SIX = ["sms_tools_ccby/cello-phrase", "sms_tools_ccby/sax-phrase", "sms_tools_ccby/singing-female"]
SIX += ["sms_tools_ccby/vignesh", "sms_tools_ccby/piano", "vocadito_ccby/vocadito_1"]

# How the legacy protocol is learnt: every step of a window a lesson, small batches, a rate that
# falls. Its judges' neighbours are lessons, so what is measured is learning by heart, as the
# authors' was; the network is theirs.
BY_HEART = {
    'targets = "last"': 'targets = "every"',
    "\nbatch = ": "\nbatch = 16\n# batch = ",
    "\nepochs = ": "\nepochs = 100000\n# epochs = ",
    "\npatience = ": "\npatience = 0\n# patience = ",
}
SYSTEMS = {
    "melody": {
        "music": ["folk/ryans_oneills_airds_midi_converted.zip"],
        "called": "Ryan's, O'Neill's and Aird's tunes",
        "authors": "none given",
        "legacy": {**BY_HEART, "\nlearning_rate = ": "\nlearning_rate = 2e-3\nfinal_rate = 0.02\n# "},
        "legacy called": "the same tunes",
    },
    "spectrogram": {
        "music": [f"audio/{name}.wav" for name in SIX],
        "called": "six recordings",
        "authors": "none given",
        "legacy": {'targets = "last"': 'targets = "every"'},
        "legacy called": "the same recordings",
    },
    "pitch-step-duration": {
        "music": ["maestro-v3"],
        "called": "MAESTRO v3, its own split",
        "authors": "loss 0.2035, pitch 3.53 nats, right 10.2 %, step error 0.0092, duration error "
        "0.0180",
        "legacy": {**BY_HEART, "\nbatch = ": "\nbatch = 32\n# ", "[data]": "[data]\npieces = 5"},
        "legacy called": "MAESTRO's first five pieces, as in the tutorial whose network this is",
    },
    "notes-chords": {
        "music": ["jsb-chorales/jsb_chorales_satb_midi.zip"],
        "called": "Bach's chorales",
        "authors": "right about 85 %",
        "legacy": {**BY_HEART, "\nlearning_rate = ": "\nlearning_rate = 2e-3\nfinal_rate = 0.02\n# "},
        "legacy called": "the same chorales",
    },
    "many-genres": {
        "music": ["genre/five_genres_quarter.zip"],
        "called": "914 pieces of five genres",
        "authors": "loss 0.65, right 78 %, perplexity 15.2 (which contradict each other: e^0.65 is "
        "1.9)",
        "legacy": {**BY_HEART, "\nlearning_rate = ": "\nlearning_rate = 2e-3\nfinal_rate = 0.02\n# "},
        "legacy pieces": 3,
        "legacy called": "the first three pieces of each genre",
    },
}


def run(command):
    """stdout of a command, the seconds of processor it took, and the most memory, in MiB."""
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        out.seek(0)
        if status:
            sys.exit(f"{' '.join(command)} failed with {status}")
        cost = {"cpu_s": usage.ru_utime + usage.ru_stime, "memory_mb": usage.ru_maxrss / 1024}
        return out.read(), cost


def recipe(system, changes, path):
    """The system's recipe with changes, in a file."""
    text, _ = run([CANTILENA, "recipes", system])
    for old, new in changes.items():
        if old not in text and old != "\npatience = ":
            sys.exit(f"the recipe of {system} has no {old!r}")
        text = text.replace(old, new, 1)
    with open(path, "w") as file:
        file.write(text)
    return path


def ours(system, name, protocol, changes, music, minutes):
    """One of ours, trained unless it is there: what is known of it, and what it cost."""
    folder = os.path.join(options.models, system, name)
    cost = os.path.join(folder, "cost.json")
    if not os.path.exists(cost):
        os.makedirs(folder, exist_ok=True)
        path = recipe(system, changes, os.path.join(folder, "recipe.toml"))
        _, spent = run(
            [CANTILENA, "train", *music, "--recipe", path, "--protocol", protocol]
            + ["--minutes", str(minutes), "--threads", str(THREADS), "--out", folder, "--force"]
        )
        json.dump(spent, open(cost, "w"))
    known = json.load(open(os.path.join(folder, "model.json")))
    return {**known["provenance"], **json.load(open(cost))}


def keras(system, music):
    """The same network in Keras, trained unless its figures are there."""
    folder = os.path.join(options.models, system)
    path = os.path.join(folder, "keras.json")
    if not os.path.exists(path):
        with tempfile.TemporaryDirectory() as windows:
            run(["target/release/examples/export_windows", system, "by-piece", windows, *music])
            command = [options.keras, os.path.join(HERE, "keras_system.py"), system, windows]
            text, _ = run(command + [str(options.minutes)])
        with open(path, "w") as file:
            file.write(text)
    return json.load(open(path))


def some_of_each(archive, count):
    """The first pieces of every folder of an archive, in a folder of their own."""
    out = os.path.join(options.models, "some-of-each")
    os.makedirs(out, exist_ok=True)
    with zipfile.ZipFile(archive) as pieces:
        folders = {}
        for name in sorted(n for n in pieces.namelist() if n.lower().endswith((".mid", ".midi"))):
            folders.setdefault(os.path.dirname(name), []).append(name)
        for folder, names in folders.items():
            for name in names[:count]:
                flat = f"{os.path.basename(folder)}-{os.path.basename(name)}"
                with open(os.path.join(out, flat), "wb") as file:
                    file.write(pieces.read(name))
    return out


def loss(evaluation):
    return sum(
        m["weight"] * (m["sum"] + m["pressure"]) / m["counted"] for m in evaluation["measures"]
    )


def figures(evaluation):
    """Each head's mean, and what goes with it, in words."""
    words = [f"loss {loss(evaluation):.4f}"]
    for measure in evaluation["measures"]:
        mean = measure["sum"] / measure["counted"]
        if measure["kind"] == "nats":
            right = 100 * measure["correct"] / measure["counted"]
            words.append(f"{measure['head']} {mean:.3f} nats (perplexity {2.718281828**mean:.2f}), "
                         f"right {right:.1f} %")
        elif measure["kind"] == "squared-error":
            words.append(f"{measure['head']} error {mean:.4f}")
        else:
            words.append(f"{measure['head']} −ln density {mean:.3f}")
    return ", ".join(words)


def reached(trained, wanted):
    """Seconds of processor until a validation loss; the clock's, by the share it had."""
    share = trained["cpu_s"] / trained["seconds"]
    at = [p["seconds"] for p in trained["history"] if loss(p["validation"]) <= wanted]
    return at[0] * min(share, THREADS) if at else None


def speed(described, every, peer):
    """The same network here and in Keras."""
    best = peer["best"]["loss"]
    epoch_s = described["cpu_s"] / described["history"][-1]["epoch"]
    own = min(loss(point["validation"]) for point in described["history"])
    own_s, every_s = reached(described, own), reached(every, best)
    ratio = f" ({peer['best']['cpu_s'] / every_s:.0f} times sooner)" if every_s else ""
    when = f"{every_s:.1f}{ratio}" if every_s else "not reached"
    least = min(loss(point["validation"]) for point in every["history"])
    return [
        "",
        "| the same network, the same windows | CPU s an epoch | memory, MiB | best validation "
        "loss | reached after, CPU s |",
        "|---|---|---|---|---|",
        f"| Keras | {peer['epoch_cpu_s']:.1f} | {peer['memory_mb']:.0f} | {best:.4f} | "
        f"{peer['best']['cpu_s']:.0f} |",
        f"| here, as described | {epoch_s:.1f} | {described['memory_mb']:.0f} | {own:.4f} | "
        f"{own_s:.0f} |",
        f"| here, every step a lesson, to Keras' loss | | | {least:.4f} | {when} |",
    ]


def section(system, about):
    music = [os.path.join(DATA, path) for path in about["music"]]
    legacy_music = music
    if "legacy pieces" in about:
        legacy_music = [some_of_each(music[0], about["legacy pieces"])]
    # As many windows an update would make fifty times fewer updates an epoch.
    every_step = {old: new for old, new in about["legacy"].items() if old != "[data]"}
    legacy = ours(
        system, "legacy", "legacy", about["legacy"], legacy_music, options.legacy_minutes
    )
    head = [f"## `{system}` on {about['called']}", "", "| | figures on what judges |", "|---|---|"]
    head.append(f"| the authors' | {about['authors']} |")
    head.append(f"| here, legacy protocol, {about['legacy called']}, {legacy['cpu_s'] / 60:.1f} "
                f"minutes of processor | {figures(legacy['evaluation'])} |")
    if system in options.only_legacy:
        return "\n".join(head) + "\n"
    described = ours(system, "by-piece", "by-piece", {}, music, options.minutes)
    peer = keras(system, music) if options.keras else None
    every = ours(system, "every", "by-piece", every_step, music, options.minutes)
    lines = head
    lines.append(f"| here, by piece | {figures(described['evaluation'])} |")
    lines.append(f"| here, by piece, every step a lesson | {figures(every['evaluation'])} |")
    if every.get("test"):
        lines.append(f"| the same, on the test's pieces | {figures(every['test'])} |")
    for order, (nats, right) in enumerate(described["markov"], 1):
        lines.append(f"| Markov model of order {order}, by piece | {nats:.3f} nats, right "
                     f"{100 * right:.1f} % |")
    learnt, judging = described["windows"]
    judged = described["evaluation"]["measures"][0]["counted"]
    lines += ["", f"By piece {learnt:,} windows are learnt from, and {judging:,} may judge; at "
              f"most 16,384, evenly over them, did."]
    if peer:
        lines += speed(described, every, peer)
    note = os.path.join(HERE, f"{system}.md")
    if os.path.exists(note):
        lines += ["", open(note).read().strip()]
    return "\n".join(lines) + "\n"


subprocess.run(["cargo", "build", "--release", "-q"], check=True)
subprocess.run(
    ["cargo", "build", "--release", "-q", "-p", "cantilena-studio", "--example", "export_windows"],
    check=True,
)
parts = [
    """# The five systems, measured

Written by `docs/five-systems/table.py`. *Legacy* is the authors' protocol: overlapping windows,
shuffled, one in five judges. It leaks, for neighbouring windows share all symbols but one: what it
measures is how much was learnt by heart. There the networks learn from every step of a window,
which makes the very symbols that judge lessons of neighbouring windows. *By piece* whole pieces
judge. *Every step a lesson* is the same network learning from every step of a window instead of
the last alone; it is judged like the others. Seconds are of the processor, on two threads.
"""
]
for system, about in SYSTEMS.items():
    if not options.only or system in options.only:
        parts.append(section(system, about))
        with open("docs/five-systems.md", "w") as file:
            file.write("\n".join(parts))
missing = [system for system in SYSTEMS if options.only and system not in options.only]
if missing:
    parts.append(f"Not measured in this run: {', '.join(f'`{system}`' for system in missing)}.\n")
    with open("docs/five-systems.md", "w") as file:
        file.write("\n".join(parts))
print("docs/five-systems.md")
