#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A power cut under a running daemon: its data directory lies on an ext4 of its own, whose image is copied in the middle
of Sends, as the disk has it. Every command that was acknowledged before the copy began is in the copy.

    power_cut_test.py [--rounds N] [--seed S]

What the file system has not written yet is in the page cache of the mounted directory, and not in the image: the copy has
what a disk would have. One more round runs the daemon with an fsync that does nothing: commands must be missing then,
which shows that the test can see it.
"""
import argparse
import ctypes
import os
import pathlib
import random
import shutil
import subprocess
import sys
import threading
import time
import uuid

import hashira_processes as processes

IMAGE_MB = 64
CALLERS = 4


class Volume:
    """An ext4 in a file, mounted. It writes back by itself so rarely that what is there was synced."""

    def __init__(self, image, directory):
        self.image, self.directory, self.mounted = pathlib.Path(image), pathlib.Path(directory), False

    def make(self):
        with open(self.image, "wb") as file:
            file.truncate(IMAGE_MB << 20)
        run("mkfs.ext4", "-q", "-F", "-m", "0", self.image)
        return self

    def mount(self):
        self.directory.mkdir(exist_ok=True)
        run("mount", "-o", "loop,commit=300", self.image, self.directory)
        self.mounted = True
        return self

    def unmount(self):
        if self.mounted:
            run("umount", self.directory)
            self.mounted = False


def run(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=processes.LIMIT, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.stdout}"
    return done.stdout


def need_mounts(directory):
    """Skips where this user, or this system, cannot mount an image."""
    if os.geteuid() != 0:
        processes.skip("mounting an image needs root")
    for tool in ("mkfs.ext4", "mount", "umount"):
        if not shutil.which(tool):
            processes.skip(f"{tool} is missing")
    volume = Volume(directory / "try.img", directory / "try").make()
    try:
        volume.mount()
    except AssertionError as problem:
        processes.skip(f"an image cannot be mounted here: {problem}")
    volume.unmount()
    volume.image.unlink()


class Caller(threading.Thread):
    """Sends new tasks, one Send after the other, until its daemon is gone."""

    def __init__(self, daemon, seed):
        super().__init__(daemon=True)
        self.target, self.random = daemon.target, random.Random(seed)
        self.acknowledged = []  # command ids; appended to only after the answer
        self.progress = threading.Event()
        self.ending = threading.Event()
        self.error = None

    def run(self):
        import grpc
        pb, services = processes.stubs().hashira_pb2, processes.stubs().hashira_pb2_grpc
        with grpc.insecure_channel(self.target, (("grpc.use_local_subchannel_pool", 1),)) as channel:
            stub = services.HashiraStub(channel)
            try:
                while not self.ending.is_set():
                    commands = [self.make(pb) for _ in range(self.random.choice((1, 1, 1, 3, 20)))]
                    stub.Send(pb.SendRequest(commands=commands), timeout=processes.LIMIT)
                    self.acknowledged.extend(command.id for command in commands)
                    self.progress.set()
            except grpc.RpcError as error:
                self.error = error
                self.progress.set()

    def make(self, pb):
        number = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        return pb.Command(id=number, what=pb.WHAT_NEW, payload=f'{{"name": "{number}"}}')


def copy_as_the_disk_has_it(image, copy):
    """The image's own bytes, holes left out."""
    run("cp", "--sparse=always", image, copy)


def cut(scene, name, seed, forget=None):
    """One power cut. Returns (acknowledged before the copy began, missing from the copy)."""
    rng = random.Random(f"{seed} {name}")
    volume = Volume(scene.dir / f"{name}.img", scene.dir / name).make().mount()
    after = Volume(scene.dir / f"{name}-after.img", scene.dir / f"{name}-after")
    daemon = None
    try:
        daemon = scene.daemon(name, data_dir=volume.directory / "data", start=False)
        if forget:
            daemon.env["LD_PRELOAD"] = str(forget)
            # AddressSanitizer would end a program that loads another library before its own.
            daemon.env["ASAN_OPTIONS"] = daemon.env.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        daemon.start()
        callers = [Caller(daemon, f"{seed} {name} {number}") for number in range(CALLERS)]
        for caller in callers:
            caller.start()
        for _ in range(rng.randint(1, 12)):
            caller = rng.choice(callers)
            caller.progress.clear()
            assert caller.progress.wait(processes.LIMIT), "no answer"
        before = [list(caller.acknowledged) for caller in callers]
        copy_as_the_disk_has_it(volume.image, after.image)
        for caller in callers:
            caller.ending.set()
        for caller in callers:
            caller.join(processes.LIMIT)
            assert caller.error is None, caller.error
        daemon.kill()
        acknowledged = [command for commands in before for command in commands]
        assert acknowledged, "nothing was acknowledged before the cut"
        return len(acknowledged), missing(scene, f"{name}-after", after, acknowledged)
    finally:
        if daemon:
            daemon.kill()
        volume.unmount()
        after.unmount()
        for each in (volume, after):
            each.image.unlink(missing_ok=True)


def missing(scene, name, volume, acknowledged):
    """The acknowledged commands that a daemon on the copy does not know. Mounting it replays ext4's own journal."""
    volume.mount()
    data = volume.directory / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    daemon = scene.daemon(name, data_dir=data)
    try:
        names = {task.name for task in daemon.tasks().values()}
        left = [command for command in acknowledged if command not in names]
        if not left:
            report = daemon.cli("doctor")
            assert not report["findings"], report
            assert not list(data.glob("*.damaged-*")), "a document store was set aside"
        return len(left)
    finally:
        daemon.stop()
        volume.unmount()


def forgetful_library(scene):
    """An fsync that does nothing, to be loaded before the C library's."""
    source, library = scene.dir / "forget.c", scene.dir / "libforget.so"
    source.write_text("int fsync(int fd) { (void)fd; return 0; }\n"
                      "int fdatasync(int fd) { (void)fd; return 0; }\n", encoding="utf-8")
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        return None
    run(compiler, "-shared", "-fPIC", "-o", library, source)
    ctypes.CDLL(str(library))
    return library


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", default=str(random.SystemRandom().getrandbits(32)))
    options = parser.parse_args()
    print(f"power_cut_test.py --rounds {options.rounds} --seed {options.seed}", flush=True)
    began = time.monotonic()
    with processes.Scene() as scene:
        need_mounts(scene.dir)
        processes.stubs()
        total = 0
        for number in range(options.rounds):
            acknowledged, lost = cut(scene, f"cut{number}", options.seed)
            assert lost == 0, f"round {number}: {lost} of {acknowledged} acknowledged commands are gone"
            total += acknowledged
        library = forgetful_library(scene)
        if library:
            acknowledged, lost = cut(scene, "forgetful", options.seed, library)
            assert lost > 0, f"without fsync all {acknowledged} commands were there: this test sees nothing"
            print(f"without fsync {lost} of {acknowledged} acknowledged commands are gone, as they must be")
        print(f"{options.rounds} power cuts, {total} acknowledged commands, none lost, in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira")
    sys.exit(main())
