"""How fast PyTorch learns the note model: the same network, the same windows.

    cargo run --release -p cantilena-train --example note_model -- MUSIC --export windows
    python crates/cantilena-train/benches/note_model.py windows --threads 2

Prints one JSON line a way of computing, as the example prints one for ours. PyTorch is given its
best: one embedding bag for all columns of an event, the fused AdamW, its packed LSTM. It is also
let off one duty: a state is forgotten at the first step of a window only, where ours forgets it
wherever a piece begins.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy
import torch
from torch import nn

NONE = 0  # the token of a column that has no value; such targets are passed over


class NoteModel(nn.Module):
    def __init__(self, shape):
        super().__init__()
        model, fields = shape["model"], shape["fields"]
        sizes = [field["size"] for field in fields]
        leading = next(i for i, field in enumerate(fields) if field["predicted"])
        self.inputs = Columns(sizes + sizes[:leading], model["embedding"])
        self.leading = leading
        units, layers, head = model["units"], model["layers"], model["head"]
        self.dropout = nn.Dropout(model["dropout"])
        self.lstm = nn.LSTM(model["embedding"], units, layers, dropout=model["dropout"])
        self.predicted = [i for i, field in enumerate(fields) if field["predicted"]]
        self.hidden = nn.ModuleList(nn.Linear(units, head) for _ in self.predicted)
        self.known = nn.ModuleList(Columns(sizes[:i], head) for i in self.predicted)
        self.output = nn.ModuleList(nn.Linear(head, sizes[i]) for i in self.predicted)

    def forward(self, previous, current, state):
        time_, streams, _ = current.shape
        x = self.inputs(torch.cat([previous, current[..., : self.leading]], dim=-1))
        h, state = self.lstm(self.dropout(x), state)
        h = self.dropout(h)
        loss = 0.0
        for field, hidden, known, output in zip(
            self.predicted, self.hidden, self.known, self.output
        ):
            summed = hidden(h)
            if field > 0:
                summed = summed + known(current[..., :field])
            logits = output(torch.relu(summed)).view(time_ * streams, -1)
            target = current[..., field].reshape(-1)
            loss = loss + nn.functional.cross_entropy(
                logits, target, ignore_index=NONE, reduction="sum"
            )
        return loss / (time_ * streams), state


class Columns(nn.Module):
    """The sum of one embedding a column, as one bag over a common table."""

    def __init__(self, sizes, width):
        super().__init__()
        offsets = numpy.cumsum([0] + sizes[:-1]) if sizes else []
        self.register_buffer("offsets", torch.as_tensor(offsets, dtype=torch.long))
        self.bag = nn.EmbeddingBag(max(sum(sizes), 1), width, mode="sum")

    def forward(self, columns):
        time_, streams, _ = columns.shape
        flat = (columns + self.offsets).view(time_ * streams, -1)
        return self.bag(flat).view(time_, streams, -1)


def windows(folder, shape):
    dims = (shape["windows"], shape["time"], shape["streams"], len(shape["fields"]))
    read = lambda name: torch.from_numpy(
        numpy.fromfile(folder / name, dtype=numpy.uint16).astype(numpy.int64).reshape(dims)
    )
    begins = numpy.fromfile(folder / "begins.u8", dtype=numpy.uint8).reshape(dims[:3])
    return read("previous.u16"), read("current.u16"), torch.from_numpy(begins.astype(bool))


def measure(shape, data, bf16):
    torch.manual_seed(1)
    network = NoteModel(shape)
    adam = torch.optim.AdamW(network.parameters(), lr=1e-3, fused=True)
    previous, current, begins = data
    layers, units = shape["model"]["layers"], shape["model"]["units"]
    state = tuple(torch.zeros(layers, shape["streams"], units) for _ in range(2))
    notes = (current[..., network.predicted[-1]] != NONE).sum().item() / len(current)
    times, nats = [], []
    for window in range(len(current)):
        begun = time.perf_counter()
        kept = (~begins[window, 0]).float()[None, :, None]
        state = tuple(part.detach().float() * kept for part in state)
        adam.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            loss, state = network(previous[window], current[window], state)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), shape["clip"])
        adam.step()
        times.append(time.perf_counter() - begun)
        nats.append(loss.item())
    step = statistics.median(times)
    weights = sum(weight.numel() for weight in network.parameters())
    print(
        json.dumps(
            {
                "what": "note model, PyTorch " + ("bf16 autocast" if bf16 else "f32"),
                "rate": round(notes / step),
                "unit": "notes a second",
                "step_ms": round(step * 1e3, 2),
                "threads": torch.get_num_threads(),
                "weights": weights,
                "first_nats": round(nats[0], 3),
                "last_nats": round(nats[-1], 3),
            }
        ),
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    shape = json.loads((asked.folder / "shape.json").read_text())
    data = windows(asked.folder, shape)
    for bf16 in [False, True]:
        measure(shape, data, bf16)


if __name__ == "__main__":
    main()
