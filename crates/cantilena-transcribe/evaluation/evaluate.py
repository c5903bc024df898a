"""Note F-measures of our transcription and of its peers, beside annotations by people.

Needs mir_eval, librosa and soundfile; with basic-pitch and onnxruntime installed it is measured
too. From the workspace root:

    cargo build --release -p cantilena-transcribe --example transcribe
    python crates/cantilena-transcribe/evaluation/evaluate.py DATA/audio

A note counts as found where its onset lies within 50 ms and its pitch within 50 cents of an
annotated one (mir_eval's defaults, without offsets). One row a recording, program and annotation.
The GuitarSet excerpt beside it has nothing but one step of dither in its sound, so that nothing is
the right answer, and no row.
"""

import csv
import os
import pathlib
import subprocess
import sys

import librosa
import mir_eval
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = pathlib.Path(os.environ.get("TRANSCRIBE", ROOT / "target/release/examples/transcribe"))


def ours(path):
    rows = subprocess.run([PROGRAM, path], check=True, capture_output=True, text=True).stdout
    return np.array([[float(x) for x in row.split("\t")] for row in rows.splitlines()])


def notes_of_runs(times, hertz):
    """Notes of a pitch track: runs of one rounded semitone after a median of 90 ms, 60 ms at least."""
    from scipy.signal import medfilt

    hop = times[1] - times[0]
    midi = np.where(np.isnan(hertz), 0.0, 69 + 12 * np.log2(np.where(np.isnan(hertz), 440, hertz) / 440))
    width = int(round(0.09 / hop)) | 1
    steps = np.round(medfilt(midi, width))
    notes, start = [], 0
    for i in range(1, len(steps) + 1):
        if i == len(steps) or steps[i] != steps[start]:
            if steps[start] > 0 and (i - start) * hop >= 0.06:
                heard = midi[start:i][midi[start:i] > 0]
                if len(heard):
                    notes.append([times[start], times[start] + (i - start) * hop,
                                  440 * 2 ** ((np.median(heard) - 69) / 12)])
            start = i
    return np.array(notes)


def librosa_pyin(path):
    y, rate = librosa.load(path, sr=22_050)
    hertz, _, _ = librosa.pyin(y, fmin=65.4, fmax=2093, sr=rate, hop_length=128)
    return notes_of_runs(librosa.times_like(hertz, sr=rate, hop_length=128), hertz)


def librosa_pyin_our_notes(path):
    """librosa's track, our segmentation: what the two trackers are worth."""
    y, rate = librosa.load(path, sr=22_050)
    hertz, voiced, probability = librosa.pyin(y, fmin=65.4, fmax=2093, sr=rate, hop_length=128)
    rms = librosa.feature.rms(y=y, frame_length=2048, hop_length=128)[0]
    frames = zip(np.nan_to_num(hertz), probability, rms)
    text = "".join(f"{h}\t{p}\t{r}\n" for h, p, r in frames)
    command = [PROGRAM, "--track", str(128 / rate)]
    rows = subprocess.run(command, input=text, check=True, capture_output=True, text=True).stdout
    return np.array([[float(x) for x in row.split("\t")] for row in rows.splitlines()])


def basic_pitch(path):
    from basic_pitch import FilenameSuffix, build_icassp_2022_model_path
    from basic_pitch.inference import predict

    model = build_icassp_2022_model_path(FilenameSuffix.onnx)
    _, _, events = predict(path, model_or_model_path=model)
    return np.array(sorted([s, e, 440 * 2 ** ((p - 69) / 12)] for s, e, p, *_ in events))


def vocadito(path):
    rows = [[float(x) for x in row] for row in csv.reader(path.open())]
    return np.array([[onset, onset + duration, hertz] for onset, hertz, duration in rows])


def f_measure(reference, found):
    if len(found) == 0:
        return 0.0, 0.0, 0.0
    precision, recall, f, _ = mir_eval.transcription.precision_recall_f1_overlap(
        reference[:, :2], reference[:, 2], found[:, :2], found[:, 2], offset_ratio=None
    )
    return precision, recall, f


def main():
    data = pathlib.Path(sys.argv[1])
    voice = data / "vocadito_ccby"
    first, second = (vocadito(voice / f"vocadito_1_notesA{n}.csv") for n in (1, 2))
    cases = [
        ("vocadito 1, A1", voice / "vocadito_1.wav", first),
        ("vocadito 1, A2", voice / "vocadito_1.wav", second),
    ]
    programs = {
        "cantilena": ours,
        "librosa pyin, runs": librosa_pyin,
        "librosa pyin, our notes": librosa_pyin_our_notes,
        "basic-pitch 0.4 (ONNX)": basic_pitch,
    }
    print("| recording | program | notes | annotated | precision | recall | F |")
    print("|---|---|---:|---:|---:|---:|---:|")

    def row(case, name, reference, found):
        figures = " | ".join(f"{x:.3f}" for x in f_measure(reference, found))
        print(f"| {case} | {name} | {len(found)} | {len(reference)} | {figures} |", flush=True)

    row("vocadito 1, A1", "the other annotator", first, second)
    for name, program in programs.items():
        if len(sys.argv) > 2 and sys.argv[2] not in name:
            continue
        try:
            heard = {path: program(path) for path in {path for _, path, _ in cases}}
        except ImportError as missing:
            print(f"{name} is not measured: {missing}", file=sys.stderr)
            continue
        for case, path, reference in cases:
            row(case, name, reference, heard[path])


if __name__ == "__main__":
    main()
