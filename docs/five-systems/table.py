"""Writes docs/five-systems.md: each system as its authors describe it, trained here and in Keras
on the same windows and the same minutes, one after the other.

    python3 docs/five-systems/table.py --data ../shared/data --minutes 3 --keras VENV/bin/python

Without --keras the peer's columns stay empty. Run it on a quiet machine."""
import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("--data", default="../shared/data")
parser.add_argument("--minutes", type=float, default=3.0)
parser.add_argument("--keras", help="a Python that has Keras")
parser.add_argument("--only", nargs="*", help="names of systems")
options = parser.parse_args()
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
os.chdir(ROOT)
DATA = os.path.abspath(options.data)

SYSTEMS = {
    "melody": {
        "music": ["folk/ryans_oneills_airds_midi_converted.zip"],
        "called": "Ryan's, O'Neill's and Aird's tunes",
        "authors": "none given",
    },
    "spectrogram": {
        "music": [
            "audio/sms_tools_ccby/cello-phrase.wav",
            "audio/sms_tools_ccby/sax-phrase.wav",
            "audio/sms_tools_ccby/singing-female.wav",
            "audio/sms_tools_ccby/vignesh.wav",
            "audio/sms_tools_ccby/piano.wav",
            "audio/vocadito_ccby/vocadito_1.wav",
        ],
        "called": "six recordings",
        "authors": "none given",
    },
    "pitch-step-duration": {
        "music": ["maestro-v3"],
        "called": "MAESTRO v3",
        "authors": "loss 0.2035, pitch right 10.2 %, step error 0.0092, duration error 0.0180",
    },
    "notes-chords": {
        "music": ["jsb-chorales/jsb_chorales_satb_midi.zip"],
        "called": "Bach's chorales",
        "authors": "right about 85 %",
    },
    "many-genres": {
        "music": ["genre/five_genres_quarter.zip"],
        "called": "five genres",
        "authors": "loss 0.65, right 78 %, perplexity 15.2 (which contradict each other)",
    },
}


def run(command):
    """stdout of a command, and the most memory it took, in MiB."""
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        out.seek(0)
        if status:
            sys.exit(f"{' '.join(command)} failed with {status}")
        return out.read(), usage.ru_maxrss / 1024


def ours(recipe, protocol, music, folder):
    """Trains one of ours; its JSON and memory."""
    text, memory = run(
        ["target/release/cantilena", "train", *music, "--recipe", recipe, "--protocol", protocol]
        + ["--minutes", str(options.minutes), "--threads", "2", "--json"]
        + ["--out", os.path.join(folder, protocol), "--force"]
    )
    return json.loads(text), memory


def figures(measures):
    """A head's mean, and what goes with it, as words."""
    words = [f"loss {sum(m['weight'] * (m['sum'] + m['pressure']) / m['counted'] for m in measures):.4f}"]
    for measure in measures:
        mean = measure["sum"] / measure["counted"]
        if measure["kind"] == "nats":
            right = 100 * measure["correct"] / measure["counted"]
            words.append(f"{measure['head']} {mean:.3f} nats, right {right:.1f} %")
        elif measure["kind"] == "squared-error":
            words.append(f"{measure['head']} error {mean:.4f}")
        else:
            words.append(f"{measure['head']} −ln density {mean:.3f}")
    return ", ".join(words)


def loss(point):
    return sum(
        m["weight"] * (m["sum"] + m["pressure"]) / m["counted"]
        for m in point["validation"]["measures"]
    )


def keras(system, music, folder):
    windows = os.path.join(folder, "windows")
    run(["target/release/examples/export_windows", system, "by-piece", windows, *music])
    text, _ = run(
        [options.keras, os.path.join(HERE, "keras_system.py"), system, windows]
        + [str(options.minutes)]
    )
    return json.loads(text)


def every(system, folder):
    """The same recipe with every step of a window a lesson."""
    text, _ = run(["target/release/cantilena", "recipes", system])
    path = os.path.join(folder, "every.toml")
    with open(path, "w") as file:
        file.write(text.replace('targets = "last"', 'targets = "every"'))
    return path


def section(system, about):
    music = [os.path.join(DATA, path) for path in about["music"]]
    with tempfile.TemporaryDirectory() as folder:
        legacy, _ = ours(system, "legacy", music, folder)
        honest, memory = ours(system, "by-piece", music, folder)
        dense, _ = ours(every(system, folder), "by-piece", music, os.path.join(folder, "every"))
        lines = [f"## `{system}` on {about['called']}", ""]
        lines += ["| | figures on what judges |", "|---|---|"]
        lines.append(f"| the authors' | {about['authors']} |")
        rows = [
            ("here, legacy protocol", legacy),
            ("here, by piece", honest),
            ("here, by piece, every step a lesson", dense),
        ]
        for name, trained in rows:
            lines.append(f"| {name} | {figures(trained['provenance']['evaluation']['measures'])} |")
        for order, (nats, right) in enumerate(honest["provenance"]["markov"], 1):
            lines.append(f"| Markov model of order {order}, by piece | {nats:.3f} nats, right {100 * right:.1f} % |")
        provenance = honest["provenance"]
        epoch_s = provenance["seconds"] / provenance["history"][-1]["epoch"]
        lines += ["", f"{provenance['windows'][0]} windows learnt from, {provenance['windows'][1]} judge."]
        if options.keras:
            peer = keras(system, music, folder)
            best = peer["best"]["loss"]
            peer_at = peer["best"]["seconds"]
            reached = [p["seconds"] for p in dense["provenance"]["history"] if loss(p) <= best]
            when = f"{reached[0]:.1f} s" if reached else "not reached"
            lines += [
                "",
                "| the same network, the same windows | seconds an epoch | memory, MiB | best validation loss | reached after |",
                "|---|---|---|---|---|",
                f"| Keras | {peer['epoch_s']:.1f} | {peer['memory_mb']:.0f} | {best:.4f} | {peer_at:.0f} s |",
                f"| here, as described | {epoch_s:.1f} | {memory:.0f} | {min(map(loss, provenance['history'])):.4f} | "
                f"{min(provenance['history'], key=loss)['seconds']:.0f} s |",
                f"| here, every step a lesson, to Keras' loss | | | {min(map(loss, dense['provenance']['history'])):.4f} | {when} |",
            ]
        return "\n".join(lines) + "\n"


subprocess.run(["cargo", "build", "--release", "-q"], check=True)
subprocess.run(
    ["cargo", "build", "--release", "-q", "-p", "cantilena-studio", "--example", "export_windows"],
    check=True,
)
parts = [
    f"""# The five systems, measured

Written by `docs/five-systems/table.py`; every training had {options.minutes:g} minutes on two
threads. *Legacy* is the authors' protocol: overlapping windows, shuffled, one in five judges; it
leaks, for neighbouring windows share all symbols but one. *By piece* whole pieces judge. *Every
step a lesson* is the same network learning from every step of a window instead of the last alone;
it is judged like the others.
"""
]
for system, about in SYSTEMS.items():
    if not options.only or system in options.only:
        parts.append(section(system, about))
        with open("docs/five-systems.md", "w") as file:
            file.write("\n".join(parts))
print("docs/five-systems.md")
