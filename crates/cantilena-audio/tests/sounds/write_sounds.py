"""Writes the sound files beside it: a quarter of a second, 440 Hz left and 660 Hz right.

Run with PyAV (FFmpeg's encoders), soundfile (Vorbis) and NumPy installed: `python write_sounds.py`.
"""

import pathlib

import av
import numpy as np
import soundfile

HERE = pathlib.Path(__file__).parent
RATE = 44_100

CODECS = {
    "tones.mp3": ("libmp3lame", "s16p"),
    "tones.flac": ("flac", "s16"),
    "tones-aac.m4a": ("aac", "fltp"),
    "tones-alac.m4a": ("alac", "s16p"),
    "tones.aiff": ("pcm_s16be", "s16"),
    "tones-float.wav": ("pcm_f32le", "flt"),
}


def main() -> None:
    t = np.arange(RATE // 4) / RATE
    tones = 0.5 * np.stack([np.sin(2 * np.pi * 440 * t), np.sin(2 * np.pi * 660 * t)])
    soundfile.write(HERE / "tones.ogg", tones.T, RATE, format="OGG", subtype="VORBIS")
    for name, (codec, sample_format) in CODECS.items():
        with av.open(str(HERE / name), "w") as container:
            stream = container.add_stream(codec, rate=RATE, layout="stereo")
            stream.format = sample_format
            frame = av.AudioFrame.from_ndarray(tones.astype(np.float32), "fltp", "stereo")
            frame.sample_rate = RATE
            resampler = av.AudioResampler(format=sample_format, layout="stereo", rate=RATE,
                                          frame_size=stream.codec_context.frame_size or 1024)
            frames = resampler.resample(frame) + resampler.resample(None)
            for piece in frames:
                container.mux(stream.encode(piece))
            container.mux(stream.encode(None))


if __name__ == "__main__":
    main()
