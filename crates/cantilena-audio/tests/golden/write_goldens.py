"""Writes the golden files beside it: what librosa 0.11 makes of the tests' sound.

Run with librosa 0.11 and SciPy installed: `python write_goldens.py`. Spectrograms are computed in double
precision and written as little-endian f32, (frames, bands); figures go to figures.txt.
"""

import pathlib

import librosa
import numpy as np

HERE = pathlib.Path(__file__).parent
RATE = 22_050


def sound(samples: int) -> np.ndarray:
    """A rising tone, a steady one and noise: see `sound` in ../librosa.rs."""
    n = np.arange(samples, dtype=np.uint64)
    bits = n + np.uint64(1)
    bits = bits * np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    noise = (bits >> np.uint64(40)).astype(np.float64) / 2**23 - 1
    t = n.astype(np.float64) / RATE
    rising = np.sin(2 * np.pi * (200 * t + 1500 * t * t))
    steady = np.sin(2 * np.pi * 440 * t) * np.exp(-3 * t)
    return (0.3 * rising + 0.4 * steady + 0.01 * noise).astype(np.float32).astype(np.float64)


CASES = {
    "slaney_area_zero": dict(n_fft=2048, hop_length=512, pad_mode="constant", n_mels=128, fmax=8000),
    "htk_peak_reflect": dict(
        n_fft=1024, win_length=800, hop_length=256, pad_mode="reflect",
        n_mels=40, fmin=50, htk=True, norm=None,
    ),
    "htk_sum_edge": dict(
        n_fft=1000, hop_length=300, pad_mode="edge", n_mels=64, fmin=20, fmax=11025, htk=True, norm=1,
    ),
    "slaney_area_uncentred": dict(n_fft=512, hop_length=512, center=False, n_mels=80, fmax=8000),
}


def write(name: str, values: np.ndarray) -> None:
    values.T.astype("<f4").tofile(HERE / f"{name}.f32")


def main() -> None:
    y = sound(8_000)
    for name, options in CASES.items():
        mel = librosa.feature.melspectrogram(y=y, sr=RATE, **options)
        write(f"mel_{name}", mel)
        if name == "slaney_area_zero":
            write("decibels_slaney_area_zero", librosa.power_to_db(mel, ref=np.max, top_db=80))

    y = sound(3 * RATE)
    magnitudes = np.abs(librosa.stft(y))
    figures = {}
    for momentum in (0.0, 0.99):
        distances = []
        for seed in range(5):
            found = librosa.griffinlim(magnitudes, n_iter=32, momentum=momentum, random_state=seed)
            rebuilt = np.abs(librosa.stft(found))
            distances.append(np.linalg.norm(rebuilt - magnitudes) / np.linalg.norm(magnitudes))
        figures[f"griffin_lim_{momentum}"] = np.mean(distances)

    filters = librosa.filters.mel(sr=RATE, n_fft=2048, n_mels=128, fmax=8000, dtype=np.float64)
    mel = filters @ magnitudes**2
    powers = librosa.util.nnls(filters, mel)
    figures["nnls_residual"] = np.linalg.norm(filters @ powers - mel) / np.linalg.norm(mel)
    figures["nnls_spectrum"] = np.linalg.norm(np.sqrt(powers) - magnitudes) / np.linalg.norm(magnitudes)
    lines = [f"{name} {value:.6g}\n" for name, value in figures.items()]
    (HERE / "figures.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
