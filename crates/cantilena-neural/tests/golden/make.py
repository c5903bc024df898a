"""Writes the golden files beside this script: what PyTorch's layers do, in float64.

    python make.py

Each file is one layer with small whole shapes. A line is a name, a shape such as 2x3, and the
values in row-major order. Inputs are rounded to float32, so that both sides start from the same
numbers. The loss is the sum of all outputs and last states, each times a fixed weight (dy, dh,
dc); what begins with "d " is its gradient.
"""

import pathlib

import torch

HERE = pathlib.Path(__file__).parent
TIME, BATCH, INPUT, UNITS = 5, 3, 4, 6


def noise(generator, *shape, scale=1.0):
    values = torch.rand(*shape, generator=generator, dtype=torch.float64) * 2 - 1
    return (values * scale).to(torch.float32).to(torch.float64).requires_grad_()


def write(name, tensors):
    lines = []
    for key, tensor in tensors.items():
        shape = "x".join(str(size) for size in tensor.shape)
        values = " ".join(f"{value:.9g}" for value in tensor.detach().flatten().tolist())
        lines.append(f"{key}: {shape}: {values}\n")
    (HERE / f"{name}.txt").write_text("".join(lines))


def recurrent(name, kind):
    generator = torch.Generator().manual_seed(len(name))
    layer = kind(INPUT, UNITS).to(torch.float64)
    for parameter in layer.parameters():
        parameter.data = noise(generator, *parameter.shape, scale=0.6).detach()
    x = noise(generator, TIME, BATCH, INPUT)
    state = {"h": noise(generator, 1, BATCH, UNITS)}
    if name == "lstm":
        state["c"] = noise(generator, 1, BATCH, UNITS)
    y, last = layer(x, tuple(state.values()) if name == "lstm" else state["h"])
    last = dict(zip(state, last if name == "lstm" else [last]))
    outputs = {"y": y} | {f"last {key}": value for key, value in last.items()}
    weights = {key: noise(generator, *value.shape).detach() for key, value in outputs.items()}
    sum((outputs[key] * weights[key]).sum() for key in outputs).backward()
    parameters = {key.removesuffix("_l0"): value for key, value in layer.named_parameters()}
    inputs = parameters | {"x": x} | state
    write(
        name,
        inputs
        | outputs
        | {f"weight of {key}": value for key, value in weights.items()}
        | {f"d {key}": value.grad for key, value in inputs.items()},
    )


def linear():
    generator = torch.Generator().manual_seed(77)
    layer = torch.nn.Linear(INPUT, UNITS).to(torch.float64)
    for parameter in layer.parameters():
        parameter.data = noise(generator, *parameter.shape).detach()
    x = noise(generator, TIME, INPUT, scale=2.0)
    logits = layer(x)
    targets = torch.tensor([1, 0, -100, 5, 3])
    loss = torch.nn.functional.cross_entropy(logits, targets, reduction="sum")
    loss.backward()
    inputs = {"weight": layer.weight, "bias": layer.bias, "x": x}
    write(
        "linear",
        inputs
        | {"logits": logits, "targets": targets, "nats": loss}
        | {f"d {key}": value.grad for key, value in inputs.items()},
    )


def layer_norm():
    generator = torch.Generator().manual_seed(79)
    layer = torch.nn.LayerNorm(19).to(torch.float64)
    for parameter in layer.parameters():
        parameter.data = noise(generator, *parameter.shape).detach()
    x = noise(generator, TIME, 19, scale=3.0)
    y = layer(x)
    dy = noise(generator, *y.shape).detach()
    (y * dy).sum().backward()
    inputs = {"weight": layer.weight, "bias": layer.bias, "x": x}
    write(
        "layer_norm",
        inputs | {"y": y, "weight of y": dy} | {f"d {key}": v.grad for key, v in inputs.items()},
    )


def adam():
    generator = torch.Generator().manual_seed(78)
    values = noise(generator, 12)
    tensors = {"before": values.detach().clone()}
    optimizer = torch.optim.AdamW([values], lr=0.02, weight_decay=0.05)
    for step in range(4):
        values.grad = noise(generator, 12, scale=3.0).detach()
        tensors[f"gradient {step}"] = values.grad.clone()
        norm = torch.nn.utils.clip_grad_norm_([values], 4.0)
        tensors[f"norm {step}"] = norm
        optimizer.step()
    write("adam", tensors | {"after": values})


if __name__ == "__main__":
    recurrent("lstm", torch.nn.LSTM)
    recurrent("gru", torch.nn.GRU)
    recurrent("rnn", torch.nn.RNN)
    linear()
    layer_norm()
    adam()
