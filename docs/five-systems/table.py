"""Writes docs/five-systems.md: each system as its authors describe it, trained here and in Keras
on the same windows, one after the other.

    python3 docs/five-systems/table.py --data ../shared/data --keras VENV/bin/python

What was measured of a system is kept beside this program, NAME.json; a system that has such a file
is not measured again unless --only names it, and the page is written from all of them. So one
system can be measured anew by itself, and --only without a name writes the page alone. Within a
system, a training that --models already holds is not repeated: what was interrupted goes on.
Without --keras the peer's columns stay empty. Times are of the processor (user and system, all
threads), because a machine that others use makes clocks lie."""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import zipfile

import page

parser = argparse.ArgumentParser()
parser.add_argument("--data", default="../shared/data")
parser.add_argument("--models", default="target/five-systems")
parser.add_argument("--minutes", type=float, default=3.0, help="of the clock, a training by piece")
parser.add_argument("--legacy-minutes", type=float, default=10.0, help="of the clock")
parser.add_argument("--keras", help="a Python that has Keras")
parser.add_argument("--keras-minutes", type=float, default=15.0, help="of the processor")
parser.add_argument("--only", nargs="*", help="names of systems; none, to write the page alone")
options = parser.parse_args()
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
os.chdir(ROOT)
DATA = os.path.abspath(options.data)
THREADS = 2
CANTILENA = "target/release/cantilena"
EXAMPLES = "target/release/examples"

SIX = ["sms_tools_ccby/cello-phrase", "sms_tools_ccby/sax-phrase", "sms_tools_ccby/singing-female"]
SIX += ["sms_tools_ccby/vignesh", "sms_tools_ccby/piano", "vocadito_ccby/vocadito_1"]

# Every step of a window a lesson, in small batches: as many windows an update as the recipes have
# would make fifty times fewer updates an epoch. The clock ends the run, and not the epochs.
EVERY = {
    'targets = "last"': 'targets = "every"',
    "\nbatch = ": "\nbatch = 16\n# batch = ",
    "\nlearning_rate = ": "\nlearning_rate = 2e-3\nfinal_rate = 0.02\n# learning_rate = ",
    "\nepochs = ": "\nepochs = 100000\n# epochs = ",
}
# The legacy protocol's judges have neighbours that are lessons, so what it measures is learning by
# heart, which no pause in it should end.
BY_HEART = {**EVERY, "\npatience = ": "\npatience = 0\n# patience = "}
# A race to a loss: the rate stays, for nobody knows beforehand how long it takes, and an update is
# of eight windows, 400 lessons.
RACE = {
    **EVERY,
    "\nbatch = ": "\nbatch = 8\n# batch = ",
    "\nlearning_rate = ": "\nlearning_rate = 2e-3\n# learning_rate = ",
    "\nfinal_rate = ": "\n# final_rate = ",
}
SYSTEMS = {
    "melody": {
        "music": ["folk/ryans_oneills_airds_midi_converted.zip"],
        "called": "Ryan's, O'Neill's and Aird's tunes",
        "authors": "none given",
        "legacy": BY_HEART,
        "legacy called": "the same tunes",
    },
    "spectrogram": {
        "music": [f"audio/{name}.wav" for name in SIX],
        "called": "six recordings",
        "authors": "none given",
        "legacy": {},
        "legacy called": "the same recordings",
    },
    "pitch-step-duration": {
        "music": ["maestro-v3"],
        "called": "MAESTRO v3, its own split",
        "authors": "loss 0.2035, pitch 3.53 nats, right 10.2 %, step error 0.0092, duration error "
        "0.0180",
        "legacy": {
            **BY_HEART,
            "\nbatch = ": "\nbatch = 32\n# ",
            "\nlearning_rate = ": "\nlearning_rate = ",
            "[data]": "[data]\npieces = 5",
        },
        "legacy called": "MAESTRO's first five pieces, as in the tutorial whose network this is",
        "every": {"\nbatch = ": "\nbatch = 32\n# ", "\nlearning_rate = ": "\nlearning_rate = "},
        "race": {"\nlearning_rate = ": "\nlearning_rate = "},
    },
    "notes-chords": {
        "music": ["jsb-chorales/jsb_chorales_satb_midi.zip"],
        "called": "Bach's chorales",
        "authors": "right about 85 %",
        "legacy": BY_HEART,
        "legacy called": "the same chorales",
    },
    "many-genres": {
        "music": ["genre/five_genres_quarter.zip"],
        "called": "914 pieces of five genres",
        "authors": "loss 0.65, right 78 %, perplexity 15.2 (which contradict each other: e^0.65 is "
        "1.9)",
        "legacy": BY_HEART,
        "legacy pieces": 3,
        "legacy called": "the first three pieces of each genre",
    },
}
# Updates after which a race is judged: of the network as described as often as Keras, which takes
# as long; of the other more often, for it is soon over.
JUDGED_EVERY = {"own": 100, "race": 10}
# A distribution of frames instead of their mean, every step of a window a lesson. Kinds of frames
# are learnt by heart, so it is told how long by epochs, and twice.
MIXTURE = {**EVERY, 'frames = "mean"': "frames = { mixture = 8 }"}
PALETTE = {**EVERY, 'frames = "mean"': "frames = { palette = 256 }"}
PALETTE_EPOCHS = [200, 800]
SEEDS = [1, 2, 3, 4, 5]
SOUND_SECONDS = 10


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
        if old not in text and old not in ("\npatience = ", "\nfinal_rate = "):
            sys.exit(f"the recipe of {system} has no {old!r}")
        text = text.replace(old, new, 1)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    return path


def trained(system, name, protocol, changes, music, minutes):
    """One of ours, trained unless it is there: what is known of it, and what it cost."""
    folder = os.path.join(options.models, system, name)
    cost = os.path.join(folder, "cost.json")
    if not os.path.exists(cost):
        path = recipe(system, changes, os.path.join(folder, "recipe.toml"))
        _, spent = run(
            [CANTILENA, "train", *music, "--recipe", path, "--protocol", protocol]
            + ["--minutes", str(minutes), "--threads", str(THREADS), "--out", folder, "--force"]
        )
        with open(cost, "w") as file:
            json.dump(spent, file)
    with open(cost) as spent, open(os.path.join(folder, "model.json")) as known:
        return {**json.load(known)["provenance"], **json.load(spent)}


def kept(system, name, measure):
    """What a measurement printed, taken unless it is there."""
    path = os.path.join(options.models, system, name)
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        text = measure()
        with open(path, "w") as file:
            file.write(text)
    with open(path) as file:
        return json.load(file)


def keras(system, music):
    """The same network in Keras."""
    with tempfile.TemporaryDirectory() as windows:
        run([f"{EXAMPLES}/export_windows", system, "by-piece", windows, *music])
        command = [options.keras, os.path.join(HERE, "keras_system.py"), system, windows]
        return run(command + [str(options.keras_minutes)])[0]


def race(system, name, changes, loss, music):
    """How long ours takes to a loss."""
    path = recipe(system, changes, os.path.join(options.models, system, f"{name}.toml"))
    command = [f"{EXAMPLES}/time_to_loss", path, "by-piece", repr(loss), str(JUDGED_EVERY[name])]
    return run(command + music)[0]


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


def figures(evaluation):
    """The loss, and each head's mean."""
    heads, loss = [], 0.0
    for measure in evaluation["measures"]:
        counted = measure["counted"]
        loss += measure["weight"] * (measure["sum"] + measure["pressure"]) / counted
        heads.append(
            {
                "head": measure["head"],
                "kind": measure["kind"],
                "mean": measure["sum"] / counted,
                "right": measure["correct"] / counted,
            }
        )
    return {"loss": loss, "heads": heads}


def speed(system, about, described, music):
    """The same network here and in Keras, and how long either takes to Keras' best loss."""
    peer = kept(system, "keras.json", lambda: keras(system, music))
    best = peer["best"]
    own = kept(system, "own.json", lambda: race(system, "own", {}, best["loss"], music))
    changes = {**RACE, **about.get("race", {})}
    every = kept(system, "race.json", lambda: race(system, "race", changes, best["loss"], music))
    last = own["history"][-1]
    return {
        "keras": {
            "epoch_cpu_s": peer["epoch_cpu_s"],
            "memory_mb": peer["memory_mb"],
            "loss": best["loss"],
            "cpu_s": best["cpu_s"],
            "budget_cpu_s": peer["history"][-1]["cpu_s"],
        },
        "described": {
            "epoch_cpu_s": last["cpu_s"] / last["epoch"],
            "memory_mb": described["memory_mb"],
            "loss": min(point["loss"] for point in own["history"]),
            "cpu_s": own["reached_cpu_s"],
        },
        "every": {
            "loss": min(point["loss"] for point in every["history"]),
            "cpu_s": every["reached_cpu_s"],
        },
    }


def activity(files, recordings):
    """Spectral flux, onsets a second, loudness, tonality, and how long each sound goes on as one
    of the recordings; a recording, as one of the others."""
    text, _ = run([f"{EXAMPLES}/activity", *files])
    rows = [line.split(maxsplit=4)[:4] for line in text.splitlines()[1:]]
    apart = [] if files == recordings else ["--", *files]
    text, _ = run([f"{EXAMPLES}/copying", *recordings, *apart])
    copied = [line.split(maxsplit=2)[1] for line in text.splitlines()[1:]][-len(files) :]
    measured = [[*row, seconds] for row, seconds in zip(rows, copied)]
    return [[None if value == "silent" else float(value) for value in row] for row in measured]


def sounds(system, name, recordings):
    """How much happens in what a model of sound composes, seed after seed."""
    folder, files = os.path.join(options.models, system, name), []
    for seed in SEEDS:
        files.append(os.path.join(folder, f"{seed}.wav"))
        run(
            [CANTILENA, "compose", folder, "--seconds", str(SOUND_SECONDS), "--seed", str(seed)]
            + ["-o", files[-1], "--force"]
        )
    return activity(files, recordings)


def sound(system, legacy, music):
    """How much happens in what is composed beside the recordings, which all were learnt from."""
    mixture = trained(system, "mixture-all", "legacy", MIXTURE, music, options.minutes)
    rows = [
        ("squared error, as described", "legacy", legacy),
        ("mixture of 8", "mixture-all", mixture),
    ]
    for epochs in PALETTE_EPOCHS:
        changes = {**PALETTE, "\nepochs = ": f"\nepochs = {epochs}\n# epochs = "}
        name = f"palette-{epochs}"
        palette = trained(system, name, "legacy", changes, music, options.legacy_minutes)
        rows.append((f"palette of 256, {epochs} epochs", name, palette))
    return {
        "recordings": activity(music, music),
        "composed": [
            {"called": called, "minutes": of["cpu_s"] / 60, "rows": sounds(system, name, music)}
            for called, name, of in rows
        ],
        "temperature": mixture["temperature"],
        "evaluation": figures(mixture["evaluation"]),
    }


def measured(system, about):
    """All there is to say of a system."""
    music = [os.path.join(DATA, path) for path in about["music"]]
    legacy_music = music
    if "legacy pieces" in about:
        legacy_music = [some_of_each(music[0], about["legacy pieces"])]
    legacy = trained(
        system, "legacy", "legacy", about["legacy"], legacy_music, options.legacy_minutes
    )
    described = trained(system, "by-piece", "by-piece", {}, music, options.minutes)
    changes = {**EVERY, **about.get("every", {})}
    every = trained(system, "every", "by-piece", changes, music, options.minutes)
    return {
        "called": about["called"],
        "authors": about["authors"],
        "legacy_called": about["legacy called"],
        "legacy_minutes": legacy["cpu_s"] / 60,
        "legacy": figures(legacy["evaluation"]),
        "by_piece_minutes": described["cpu_s"] / 60,
        "by_piece": figures(described["evaluation"]),
        "every_minutes": every["cpu_s"] / 60,
        "every": figures(every["evaluation"]),
        "test": figures(every["test"]) if every.get("test") else None,
        "markov": described["markov"],
        "rules": described.get("rules"),
        "windows": described["windows"],
        "speed": speed(system, about, described, music) if options.keras else None,
        "sound": sound(system, legacy, music) if system == "spectrogram" else None,
    }


if options.only is None or options.only:
    for target in (
        ["-p", "cantilena-cli"],
        ["-p", "cantilena-studio", "--example", "export_windows", "--example", "time_to_loss"],
        ["-p", "cantilena-audio", "--example", "activity", "--example", "copying"],
    ):
        subprocess.run(["cargo", "build", "--release", "-q", *target], check=True)
results = {}
for system, about in SYSTEMS.items():
    path = os.path.join(HERE, f"{system}.json")
    if system in (options.only or []) or (options.only is None and not os.path.exists(path)):
        result = measured(system, about)
        with open(path, "w") as file:
            json.dump(result, file, indent=1)
            file.write("\n")
    if os.path.exists(path):
        with open(path) as file:
            results[system] = json.load(file)
with open("docs/five-systems.md", "w") as file:
    file.write(page.page(results, list(SYSTEMS), HERE))
print("docs/five-systems.md")
