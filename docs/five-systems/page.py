"""What was measured of the five systems as a page of Markdown; `table.py` measures."""
import math
import os
import re

INTRODUCTION = """# The five systems, measured

Written by `docs/five-systems/table.py`. *Legacy* is the authors' protocol: overlapping windows,
shuffled, one in five judges. It leaks, for neighbouring windows share all symbols but one: what it
measures is how much was learnt by heart. There the networks learn from every step of a window,
which makes the very symbols that judge lessons of neighbouring windows. *By piece* whole pieces
judge. *Every step a lesson* is the same network learning from every step of a window instead of
the last alone; it is judged like the others. Seconds and minutes are of the processor, on two
threads, on a machine that others used too.

In the races against Keras both sides are judged by the same 2,048 windows, evenly over those that
judge, after every few updates, and judging is not counted. Keras learns as the authors describe, for
the minutes given or until long after its best; its best loss is the goal. *Every step a lesson*
races with eight windows an update at a learning rate that stays, 0.002 or what the recipe says.
"""


def page(results, systems, folder):
    """The whole page, of what there is."""
    parts = [INTRODUCTION]
    parts += [section(system, results[system], folder) for system in systems if system in results]
    missing = [f"`{system}`" for system in systems if system not in results]
    if missing:
        parts.append(f"Not measured yet: {', '.join(missing)}.\n")
    return "\n".join(parts)


def section(system, result, folder):
    """One system."""
    lines = [f"## `{system}` on {result['called']}", "", "| | figures on what judges |", "|---|---|"]
    lines.append(f"| the authors' | {result['authors']} |")
    lines.append(f"| here, legacy protocol, {result['legacy_called']}"
                 f"{minutes(result['legacy_minutes'])} | {words(result['legacy'])} |")
    lines.append(f"| here, by piece{minutes(result['by_piece_minutes'])} | "
                 f"{words(result['by_piece'])} |")
    lines.append(f"| here, by piece, every step a lesson{minutes(result['every_minutes'])} | "
                 f"{words(result['every'])} |")
    if result.get("test"):
        lines.append(f"| the same, on the test's pieces | {words(result['test'])} |")
    for order, (nats, right) in enumerate(result["markov"], 1):
        lines.append(f"| Markov model of order {order}, by piece | {nats:.3f} nats, right "
                     f"{100 * right:.1f} % |")
    if result.get("rules"):
        nats, right = result["rules"]
        lines.append(f"| a melody by rules, by piece | {nats:.3f} nats, right {100 * right:.1f} % |")
    learnt, judging = result["windows"]
    lines += ["", f"By piece {learnt:,} windows are learnt from, and {judging:,} may judge; at "
              f"most 16,384, evenly over them, did."]
    if result.get("speed"):
        lines += speed(result["speed"])
    if result.get("sound"):
        lines += sound(result["sound"])
    note = os.path.join(folder, f"{system}.md")
    if os.path.exists(note):
        with open(note) as file:
            lines += ["", file.read().strip()]
    return "\n".join(lines) + "\n"


def minutes(count):
    """How long it learnt, if that was kept."""
    return "" if count is None else f", {count:.1f} minutes"


def words(figures):
    """The loss, and each head's mean and what goes with it."""
    said = [f"loss {figures['loss']:.4f}"]
    for head in figures["heads"]:
        name, mean = head["head"], head["mean"]
        if head["kind"] == "nats":
            said.append(f"{name} {mean:.3f} nats (perplexity {math.exp(mean):.2f}), right "
                        f"{100 * head['right']:.1f} %")
        elif head["kind"] == "squared-error":
            said.append(f"{name} error {mean:.4f}")
        else:
            said.append(f"{name} −ln density {mean:.3f}")
    return re.sub(r"-(?=\d)", "−", ", ".join(said))


def speed(speed):
    """The same network in Keras and here."""
    peer, described, every = speed["keras"], speed["described"], speed["every"]

    def reached(side):
        if side["cpu_s"] is None:
            return "not reached"
        return f"{side['cpu_s']:.1f} ({peer['cpu_s'] / side['cpu_s']:.1f} times sooner)"

    return [
        "",
        "| the same network, the same windows | CPU s an epoch | memory, MiB | best loss | "
        "CPU s to Keras' best |",
        "|---|---|---|---|---|",
        f"| Keras, {peer['budget_cpu_s'] / 60:.1f} minutes | {peer['epoch_cpu_s']:.1f} | "
        f"{peer['memory_mb']:.0f} | {peer['loss']:.4f} | {peer['cpu_s']:.1f} |",
        f"| here, as described | {described['epoch_cpu_s']:.1f} | {described['memory_mb']:.0f} | "
        f"{described['loss']:.4f} | {reached(described)} |",
        f"| here, every step a lesson | | | {every['loss']:.4f} | {reached(every)} |",
    ]


def sound(sound):
    """How much happens in what is composed, beside the recordings."""

    def row(name, rows):
        columns = []
        for place, digits in enumerate((2, 2, 1, 1, 1)):
            values = [row[place] for row in rows if row[place] is not None]
            if not values:
                columns.append("silent")
                continue
            low, high = min(values), max(values)
            mean = sum(values) / len(values)
            columns.append(f"{low:.{digits}f} to {high:.{digits}f}, mean {mean:.{digits}f}"
                           .replace("-", "−"))
        return f"| {name} | {' | '.join(columns)} |"

    seeds = len(sound["composed"][0]["rows"])
    return [
        "",
        f"Ten seconds of sound each, {seeds} seeds, of models that learnt from all six, legacy "
        f"protocol (flux, onsets, loudness and tonality as in "
        f"`crates/cantilena-audio/examples/activity.rs`). *As a recording* is the longest stretch "
        f"that goes on as a recording does (`crates/cantilena-audio/examples/copying.rs`); of the "
        f"recordings, as one of the others. All but the first learn from every step. The mixture "
        f"of normal distributions is drawn from at the temperature that training found, "
        f"{sound['temperature']:.2f}; it measures {words(sound['evaluation'])}.",
        "",
        "| | spectral flux, dB | onsets a second | loudness, LUFS | above noise, dB | "
        "as a recording, s |",
        "|---|---|---|---|---|---|",
        row("the recordings", sound["recordings"]),
        *(row(f"{of['called']}{minutes(of['minutes'])}", of["rows"]) for of in sound["composed"]),
    ]
