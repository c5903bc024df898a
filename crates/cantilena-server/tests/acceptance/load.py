#!/usr/bin/env python3
"""How a studio does under load: every figure that is promised of it, beside its limit.

    load.py CANTILENA MODEL [CHECK ...]

CANTILENA is a release build and MODEL a folder it trained. Without names, all checks are made.
Needs Python's standard library, Linux, and `wrk` for the check of that name. Nothing is asserted
about time here: figures depend on the machine and on what else it does, so they are printed.
"""

import json
import os
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

CANTILENA, MODEL = (str(pathlib.Path(arg).resolve()) for arg in sys.argv[1:3])


class Studio:
    """A server in a folder of its own."""

    def __init__(self, *options):
        self.folder = tempfile.TemporaryDirectory()
        command = [CANTILENA, "serve", "--port", "0", "--dir", self.folder.name, "--model", MODEL, *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip()
        self.port = int(self.url.rstrip("/").rsplit(":", 1)[1])
        while b" 200 " not in self.ask("GET", "/readyz").split(b"\r\n")[0]:
            time.sleep(0.01)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def send(self, method, path, body=None, headers=()):
        """Sends a request and gives the socket on which the answer comes."""
        data = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(data)}",
                 "Content-Type: application/json", *headers]
        one = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        one.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
        return one

    def ask(self, method, path, body=None, headers=()):
        """The whole answer."""
        with self.send(method, path, body, ["Connection: close", *headers]) as one:
            return b"".join(iter(lambda: one.recv(1 << 20), b""))

    def listen(self, body):
        """Composes as a stream; the socket."""
        return self.send("POST", "/v1/pieces", body, ["Accept: text/event-stream"])

    def figure(self, name):
        text = self.ask("GET", "/metrics").decode()
        return float(re.search(rf"^{name} (\S+)$", text, re.M)[1])

    def resident(self):
        """Bytes of memory that it holds."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


def until(socket_, words):
    """Reads until these words came; all that came."""
    heard = b""
    while words not in heard:
        more = socket_.recv(65536)
        if not more:
            break
        heard += more
    return heard


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def report(what, found, promised):
    print(f"{what:<58} {found:>22}   ({promised})", flush=True)


def first_note():
    """From asking to the first note, fifty times."""
    with Studio() as studio:
        waits = []
        for seed in range(50):
            begun = time.monotonic()
            with studio.listen({"bars": 4, "seed": seed}) as one:
                heard = until(one, b"event: note")
                waits.append(time.monotonic() - begun)
                if b"event: done" not in heard:
                    until(one, b"event: done")
        found = f"{percentile(waits, 0.95) * 1e3:.0f} ms"
        report("first note, 95 of 100, over 50 pieces", found, "at most 500 ms")


def wrk():
    """Small requests while a piece is composed."""
    with Studio() as studio:
        stop = threading.Event()

        def keep_composing():
            seed = 0
            while not stop.is_set():
                seed += 1
                with studio.listen({"notes": 20000, "seed": seed}) as one:
                    while not stop.is_set() and b"event: done" not in (heard := one.recv(1 << 16)) and heard:
                        pass

        composing = threading.Thread(target=keep_composing)
        composing.start()
        seconds = os.environ.get("SECONDS_OF_WRK", "20")
        for path in ["v1/models", ""]:
            command = ["wrk", "-t1", "-c8", f"-d{seconds}s", "--latency", studio.url + path]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            found = re.search(r"99%\s+(\S+)", said)[1]
            rate = re.search(r"Requests/sec:\s+(\S+)", said)[1]
            bad = re.search(r"Non-2xx.*", said)
            report(f"GET /{path}, 99 of 100, while composing", f"{found} at {rate}/s", "at most 10 ms")
            if bad:
                print(f"  {bad[0]}")
        stop.set()
        composing.join()


def idle_streams():
    """Five hundred who listen and hear nothing."""
    with Studio("--threads", "1", "--queue", "600") as studio:
        working = studio.listen({"notes": 20000, "seed": 0})
        until(working, b"event: note")
        before = studio.resident()
        idle = [studio.listen({"notes": 20000, "seed": seed}) for seed in range(1, 501)]
        for one in idle:
            until(one, b"event: progress")
        grown = studio.resident() - before
        report("500 idle streams", f"{grown / 1e6:.1f} MB more", "at most 50 MB")
        for one in [working, *idle]:
            one.close()


def composers():
    """A hundred at once, against the terminal alone."""
    notes, people = int(os.environ.get("NOTES", "500")), 100
    cores = len(os.sched_getaffinity(0))

    def terminal():
        """As many terminals as there are cores. They stand back as far as the server's composers
        do, so that what else the machine does slows both alike."""
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            started = [subprocess.Popen(
                ["nice", "-n", "5", CANTILENA, "compose", MODEL, "--notes", "20000", "--seed", str(seed), "-o", f"{folder}/{seed}.mid"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for seed in range(cores)]
            for one in started:
                assert one.wait() == 0
        return cores * 20000 / (time.monotonic() - begun)

    def server(headers):
        with Studio("--queue", "600") as studio:
            outcomes = []

            def person(seed):
                with studio.send("POST", "/v1/pieces", {"notes": notes, "seed": seed}, ["Connection: close", *headers]) as one:
                    heard = b"".join(iter(lambda: one.recv(1 << 20), b""))
                done = b"event: done" in heard or b"HTTP/1.1 201" in heard
                refused = b"HTTP/1.1 503" in heard and b"retry-after" in heard
                outcomes.append("served" if done else "refused" if refused else "lost")

            begun = time.monotonic()
            threads = [threading.Thread(target=person, args=(seed,)) for seed in range(people)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            took = time.monotonic() - begun
            served = outcomes.count("served")
            return served, outcomes.count("refused"), outcomes.count("lost"), served * notes / took

    rates = {"terminal": [], "whole": [], "streamed": []}
    for _ in range(int(os.environ.get("ROUNDS", "3"))):
        rates["terminal"].append(terminal())
        for name, headers in [("whole", []), ("streamed", ["Accept: text/event-stream"])]:
            served, refused, lost, rate = server(headers)
            rates[name].append(rate)
            assert lost == 0 and served + refused == people, (served, refused, lost)
    middle = {name: statistics.median(found) for name, found in rates.items()}
    report(f"{cores} terminals at once", f"{middle['terminal']:.0f} notes/s", "the measure")
    for name in ["whole", "streamed"]:
        share = middle[name] / middle["terminal"]
        report(f"100 composers at once, {name}: none lost", f"{middle[name]:.0f} notes/s, {share:.0%}", "90 % or more")


def refusals():
    """One too many, and what the others notice of it."""
    with Studio("--threads", "1", "--queue", "1") as studio:
        working = studio.listen({"notes": 20000, "seed": 1})
        until(working, b"event: note")
        waiting = studio.listen({"notes": 20000, "seed": 2})
        until(waiting, b"event: progress")
        waits = []
        for seed in range(50):
            begun = time.monotonic()
            answer = studio.ask("POST", "/v1/pieces", {"bars": 1, "seed": 10 + seed})
            waits.append(time.monotonic() - begun)
            if b" 503 " not in answer.split(b"\r\n")[0]:
                print("  the queue was free again; a longer piece is needed on this machine")
                break
        report("refused with Retry-After, 95 of 100, of 50", f"{percentile(waits, 0.95) * 1e3:.1f} ms", "at most 20 ms")
        # The one at work plays on, and the one that waits gets its turn.
        unharmed = b"event: done" in until(working, b"event: done") and b"event: note" in until(waiting, b"event: note")
        report("the piece at work and the one that waited", "unharmed" if unharmed else "broken off", "unharmed")


def leaving():
    """A hundred who connect and go."""
    with Studio("--queue", "600") as studio:
        waits = []
        for seed in range(100):
            one = studio.listen({"notes": 20000, "seed": seed})
            until(one, b"event: note")
            one.close()
            begun = time.monotonic()
            while studio.figure("cantilena_pieces_live") > 0 or studio.figure("cantilena_active_streams") > 0:
                time.sleep(0.002)
            waits.append(time.monotonic() - begun)
        report("a composer rests after its listener left, the worst of 100", f"{max(waits) * 1e3:.0f} ms", "at most 200 ms")


def ending():
    """Asked to end with fifty streams open."""
    with Studio("--queue", "600") as studio:
        open_ = [studio.listen({"notes": 20000, "seed": seed}) for seed in range(50)]
        for one in open_:
            until(one, b"event: progress")
        begun = time.monotonic()
        studio.process.send_signal(signal.SIGTERM)
        studio.process.wait()
        took = time.monotonic() - begun
        ends = [until(one, b"\0") for one in open_]
        told = sum(b"event: done" in end or b"event: error" in end for end in ends)
        report("ended with 50 streams open, all told" if told == 50 else f"ended, {told} of 50 told", f"{took * 1e3:.0f} ms", "at most 1 s")


CHECKS = [first_note, wrk, idle_streams, composers, refusals, leaving, ending]
wanted = sys.argv[3:] or [check.__name__ for check in CHECKS]
for check in CHECKS:
    if check.__name__ in wanted:
        check()
