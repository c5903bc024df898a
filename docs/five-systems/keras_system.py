"""One of the five systems in Keras, as its authors built it, on windows that
`export_windows` wrote: `keras_system.py SYSTEM FOLDER MINUTES`.

Learns until so many minutes of processor are used up, or until as long again as its best point
took, and two minutes at least, has brought none better. Prints one JSON object: seconds an epoch,
peak memory, and validation figures with the seconds spent on learning alone, judging left out."""
import json
import os
import resource
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf
from keras import layers

SYSTEM, FOLDER, MINUTES = sys.argv[1], sys.argv[2], float(sys.argv[3])
THREADS = 2
tf.config.threading.set_intra_op_parallelism_threads(THREADS)
tf.config.threading.set_inter_op_parallelism_threads(THREADS)
keras.utils.set_random_seed(1)


def read(name, kind):
    return np.fromfile(os.path.join(FOLDER, name), kind)


shape = json.load(open(os.path.join(FOLDER, "shape.json")))
window, features, symbols = shape["window"], shape["features"], shape["symbols"]
values = read("values.f32", "<f4").reshape(-1, features)
ids = read("symbols.u16", "<u2").astype("int32")
train, judge = read("train.u32", "<u4"), read("judge.u32", "<u4")
# Those that `SystemRun::judge` chooses, so that both are judged by the same.
JUDGED = min(len(judge), 2048)
judge = judge[np.arange(JUDGED) * len(judge) // JUDGED]


class Windows(keras.utils.PyDataset):
    """Batches cut from the flat arrays when they are needed, shuffled every epoch."""

    def __init__(self, starts, batch, shuffled):
        super().__init__()
        self.starts, self.batch, self.shuffled = starts.copy(), batch, shuffled
        self.on_epoch_end()

    def __len__(self):
        return -(-len(self.starts) // self.batch)

    def on_epoch_end(self):
        if self.shuffled:
            np.random.default_rng(len(self.starts)).shuffle(self.starts)

    def __getitem__(self, index):
        starts = self.starts[index * self.batch : (index + 1) * self.batch].astype("int64")
        x = values[starts[:, None] + np.arange(window)]
        after = starts + window
        if SYSTEM == "pitch-step-duration":
            return x, {"pitch": ids[after], "step": values[after, 1], "duration": values[after, 2]}
        if SYSTEM == "spectrogram":
            return x, values[after]
        return x, ids[after]


def positive(truth, found):
    """Squared error, with ten times its size for what cannot be negative."""
    # Of one shape, or each would be held against every other of the batch.
    truth = tf.reshape(truth, tf.shape(found))
    return tf.reduce_mean(tf.square(truth - found) + 10.0 * tf.maximum(-found, 0.0))


def network():
    inputs = keras.Input((window, features))
    if SYSTEM == "pitch-step-duration":
        h = layers.LSTM(128)(inputs)
        heads = {
            "pitch": layers.Dense(symbols, name="pitch")(h),
            "step": layers.Dense(1, name="step")(h),
            "duration": layers.Dense(1, name="duration")(h),
        }
        model = keras.Model(inputs, heads)
        cross = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(
            optimizer=keras.optimizers.Adam(5e-3),
            loss={"pitch": cross, "step": positive, "duration": positive},
            loss_weights={"pitch": 0.05, "step": 1.0, "duration": 1.0},
            metrics={"pitch": ["accuracy"]},
        )
        return model, 64
    units, dropout, dense, batch = {
        "melody": (256, 0.3, [], 64),
        "many-genres": (256, 0.2, [], 64),
        "notes-chords": (256, 0.2, [256], 128),
        "spectrogram": (128, 0.2, [128], 32),
    }[SYSTEM]
    h = layers.LSTM(units, return_sequences=True)(inputs)
    h = layers.Dropout(dropout)(h)
    h = layers.LSTM(units)(h)
    h = layers.Dropout(dropout)(h)
    for width in dense:
        h = layers.Dense(width, activation="relu")(h)
    if SYSTEM == "spectrogram":
        model = keras.Model(inputs, layers.Dense(symbols, activation="sigmoid")(h))
        model.compile(optimizer="adam", loss="mse")
    else:
        model = keras.Model(inputs, layers.Dense(symbols, activation="softmax")(h))
        model.compile(
            optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
        )
    return model, batch


model, batch = network()
judging = Windows(judge, 512, False)
# An epoch of a large corpus takes longer than the budget: it is cut into parts that do not, and
# each part is judged, so that no time is rounded up to an epoch.
part = min(len(train), batch * 100)
order = np.random.default_rng(1).permutation(len(train))
history, at, learnt, seconds, best = [], 0, 0, 0.0, None
while seconds < MINUTES * 60 and (not history or seconds < 2 * best["cpu_s"] + 120):
    chosen = train[order[at : at + part]]
    at += part
    if at >= len(train):
        order, at = np.random.default_rng(at).permutation(len(train)), 0
    start = time.process_time()
    model.fit(Windows(chosen, batch, False), verbose=0)
    seconds += time.process_time() - start
    learnt += len(chosen)
    figures = model.evaluate(judging, verbose=0, return_dict=True)
    history.append({"cpu_s": seconds, "windows": learnt, **figures})
    best = min(history, key=lambda point: point["loss"])
# The first part compiles the graph.
first = history[0] if len(history) > 1 else {"cpu_s": 0.0, "windows": 0}
print(
    json.dumps(
        {
            "weights": model.count_params(),
            "epochs": learnt / len(train),
            "epoch_cpu_s": (seconds - first["cpu_s"])
            / (learnt - first["windows"])
            * len(train),
            "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "best": best,
            "history": history,
        }
    )
)
