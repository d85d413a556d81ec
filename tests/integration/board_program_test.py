#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The program hashira-board on a real screen: it starts the daemon, is there once, is used with keys and mouse of the X server."""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

import desktop
import hashira_processes as processes

BOARD = processes.BIN / "hashira-board"
DONE, FAILED, USAGE, NO_DAEMON = 0, 1, 2, 3


class Board:
    """A running board and the screen that it is on."""

    def __init__(self, scene, place, *arguments, program=BOARD, env=None):
        self.env = {**scene.env, **place.env, "QT_QPA_PLATFORM": "xcb", **(env or {})}
        self.log = scene.dir / "board.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(program), *map(str, arguments)], stdin=subprocess.DEVNULL, stderr=log, env=self.env)

    def tool(self, *command, check=True):
        return subprocess.run(["xdotool", *map(str, command)], check=check, stdout=subprocess.PIPE, text=True, env=self.env,
                              timeout=processes.LIMIT).stdout.split()

    def window(self, name="^Hashira$"):
        """This program's window of that name, once it is seen; it has the keyboard then."""
        # xdotool ends in an error where another window vanishes while it looks.
        found = processes.eventually(lambda: self.tool("search", "--sync", "--onlyvisible", "--all", "--pid", self.process.pid,
                                                       "--name", name, check=False), lambda left: self.process.poll())
        self.tool("windowfocus", "--sync", found[0])
        return found[0]

    def keys(self, *keys):
        self.tool("key", *keys)

    def shape(self, window):
        """Left, top, width and height."""
        shape = dict(line.split("=") for line in self.tool("getwindowgeometry", "--shell", window))
        return tuple(int(shape[side]) for side in ("X", "Y", "WIDTH", "HEIGHT"))

    def close(self):
        """As a person closes it; its exit code."""
        self.window()
        self.keys("ctrl+w")
        return self.process.wait(processes.LIMIT)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if kind:
            print(self.log.read_text(errors="replace"), file=sys.stderr)


def run(scene, *arguments, env=None):
    return subprocess.run([str(BOARD), *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                          env={**scene.env, **(env or {})}, timeout=processes.LIMIT)


class CommandLine(unittest.TestCase):
    def test_it_is_widgets_and_brings_no_further_module_of_qt(self):
        needed = subprocess.run(["readelf", "-d", str(BOARD)], stdout=subprocess.PIPE, text=True, check=True).stdout
        self.assertEqual({"Core", "Gui", "Widgets"}, set(re.findall(r"\[libQt6(\w+)\.so", needed)))

    def test_options(self):
        with processes.Scene() as scene:
            no_screen = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
            for arguments, code, words in ((["--help"], DONE, "--socket"), (["--version"], DONE, "hashira-board 0."),
                                           (["--nonsense"], USAGE, "nonsense"), (["more"], USAGE, "options only"),
                                           (["--socket", "nowhere"], USAGE, "is no endpoint"), (["--socket", ""], USAGE, "needs a value")):
                with self.subTest(arguments):
                    done = run(scene, *arguments, env=no_screen)
                    self.assertEqual(code, done.returncode)
                    self.assertIn(words, done.stdout if code == DONE else done.stderr)
                    self.assertEqual("", done.stderr if code == DONE else done.stdout)


class Program(unittest.TestCase):
    def test_it_starts_the_daemon_and_is_there_once(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            daemon = scene.daemon(start=False)
            daemon.endpoint = f"unix:{scene.dir}/run/hashira/daemon.sock"
            lock = scene.dir / "share/hashira/lock"
            with Board(scene, place) as board:
                window = board.window()
                processes.eventually(lambda: daemon.cli_raw("list").returncode == 0, lambda left: board.process.poll())
                pid = int(lock.read_text(encoding="utf-8").split()[0])
                try:
                    self.assertEqual("hashirad", pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip())
                    # A second one raises the first one's window, and opens what it was asked for. One for another daemon is another.
                    elsewhere = scene.daemon("elsewhere")
                    with Board(scene, place, "--socket", elsewhere.endpoint) as other:
                        self.assertNotEqual(window, other.window())
                        second = run(scene, env=board.env)
                        self.assertEqual((DONE, ""), (second.returncode, second.stdout))
                        # X tells windows from the lowest to the topmost.
                        processes.eventually(lambda: board.tool("search", "--onlyvisible", "--name", "^Hashira$", check=False)[-1:] == [window],
                                             lambda left: board.process.poll())
                        self.assertEqual(DONE, other.close())
                    self.assertEqual(DONE, run(scene, "--rejected", env=board.env).returncode)
                    board.window("^Changes that were refused$")
                    board.keys("Escape")
                    self.assertEqual(DONE, board.close())
                    self.assertEqual(0, daemon.cli_raw("list").returncode, "the daemon goes on when the board is closed")
                finally:
                    daemon.hang_up()
                    os.kill(pid, signal.SIGTERM)
                    processes.eventually(lambda: not pathlib.Path(f"/proc/{pid}").exists()
                                         or " Z " in pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8"),
                                         lambda left: daemon.cli_raw("status"))

    def test_without_hashirad_it_says_so(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            alone = scene.dir / "alone"
            alone.mkdir()
            shutil.copy(BOARD, alone)
            with Board(scene, place, program=alone / "hashira-board", env={"PATH": str(alone)}) as board:
                board.env["PATH"] = os.environ["PATH"]
                self.assertEqual(NO_DAEMON, board.close())

    def test_a_card_is_dragged(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            daemon = scene.daemon()
            for name in ("first", "second", "third"):
                daemon.send(("NEW", {"name": name, "place": "todo"}))
            with Board(scene, place, "--socket", daemon.endpoint) as board:
                window = board.window()
                column = board.shape(window)[2] / 4

                def drag(from_x, from_y, to_x, to_y):
                    steps = [("mousemove", "--sync", int(from_x), int(from_y)), ("mousedown", 1)]
                    steps += [("mousemove", "--sync", int(from_x + (to_x - from_x) * part / 8), int(from_y + (to_y - from_y) * part / 8))
                              for part in range(1, 9)]
                    # XDnd asks the target at each move: it must have answered before the button goes up.
                    steps += [("mousemove_relative", "--sync", 1, 0), ("sleep", 0.3), ("mouseup", 1)]
                    board.tool(*[word for step in steps for word in step])

                def places():
                    tasks = sorted(daemon.tasks().values(), key=lambda task: (task.place, task.rank, task.id))
                    return [(task.name, task.place) for task in tasks]

                # A window is seen before its cards are: once a key moved the first of them, they are there.
                processes.eventually(lambda: ("first", 3) in places(), lambda left: board.keys("s"))
                first_card, todo, doing = 115, column * 1.5, column * 2.5
                def drag_to(wanted, *way, keys=()):
                    """What the board shows is a moment behind what the daemon has: a drag that met no card is done again."""
                    def attempt(_):
                        if keys:
                            board.keys(*keys)
                        drag(*way)
                        with contextlib.suppress(AssertionError):
                            daemon.wait_tasks(lambda _: places() == wanted, limit=3)
                    processes.eventually(lambda: places() == wanted, attempt)

                drag_to([("third", 2), ("first", 3), ("second", 3)], todo, first_card, doing, 400)
                # Behind the others of its column.
                drag_to([("third", 2), ("second", 3), ("first", 3)], doing, first_card, doing, 500)
                # The one that is dragged takes the others along that are chosen.
                drag_to([("third", 2), ("second", 2), ("first", 2)], doing, first_card, todo, 400, keys=["ctrl+a"])
                self.assertEqual(DONE, board.close())

    def test_it_comes_back_where_it_was_closed(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            daemon = scene.daemon()

            def moved(*left_top):
                """Opened, moved there and closed: where it opened, and where it was closed."""
                with Board(scene, place, "--socket", daemon.endpoint) as board:
                    window = board.window()
                    opened = board.shape(window)
                    if left_top:
                        board.tool("windowsize", "--sync", window, 900, 500, "windowmove", "--sync", window, *left_top)
                    closed = board.shape(window)
                    self.assertEqual(DONE, board.close())
                    return opened, closed

            self.assertEqual((30, 40, 900, 500), moved(30, 40)[1])
            self.assertEqual((30, 40, 900, 500), moved(5000, 4000)[0])
            left, top, width, height = moved()[0]
            screen = [int(side) for side in subprocess.run(["xdotool", "getdisplaygeometry"], check=True, stdout=subprocess.PIPE, text=True,
                                                           env={**scene.env, **place.env}).stdout.split()]
            self.assertEqual((900, 500), (width, height))
            self.assertTrue(0 <= left <= screen[0] - width and 0 <= top <= screen[1] - height, (left, top, screen))

    def test_it_speaks_japanese(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            daemon = scene.daemon()
            with Board(scene, place, "--socket", daemon.endpoint, "--rejected", env={"LC_ALL": "ja_JP.UTF-8"}) as board:
                board.env["LC_ALL"] = "C.UTF-8"  # of the tools
                # xdotool looks for names of ASCII only, but tells the others.
                def names():
                    found = board.tool("search", "--onlyvisible", "--all", "--pid", board.process.pid, "--name", ".", check=False)
                    return {window: board.tool("getwindowname", window, check=False)[:1] for window in found}
                dialog = processes.eventually(lambda: next((window for window, name in names().items() if name == ["拒否された変更"]), None),
                                              lambda left: board.process.poll())
                board.tool("windowfocus", "--sync", dialog)
                board.keys("Escape")
                self.assertEqual(DONE, board.close())

    def test_refused_changes_are_dealt_with(self):
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            store = scene.datastore()
            # Two devices, each within the limit of 200 fields; together they are over it.
            other, daemon = (scene.daemon(name, datastore=store, token=store.token("me")) for name in "ab")
            task = "019a0000-0000-7000-8000-000000000001"
            daemon.cli("pause")
            sent = other.send(("NEW", {"id": task, "name": "Full", **{f"f{i}": i for i in range(150)}}))
            other.wait_for(sent.receipts[0].command_id, "APPLIED")
            for part in range(2):
                sent = daemon.send(("UPDATE", {"id": task, **{f"g{part}x{i}": i for i in range(90)}}))
            daemon.cli("resume")
            daemon.wait_status(lambda status: status.rejected == 2 and status.pending == 0)
            with Board(scene, place, "--socket", daemon.endpoint, "--rejected") as board:
                board.window("^Changes that were refused$")
                board.keys("alt+g")
                daemon.wait_status(lambda status: status.rejected == 1)
                # The datastore refuses it again: it was sent, and is back.
                before = daemon.control.ListRejected(processes.stubs().daemon_pb2.ListRejectedRequest()).commands[0].command.id
                watch = daemon.control.WatchStatus(processes.stubs().daemon_pb2.WatchStatusRequest(), timeout=processes.LIMIT)
                board.keys("alt+s")
                seen = [status.status.rejected for status in _until(watch, [1, 0, 1])]
                self.assertEqual([1, 0, 1], seen)
                after = daemon.control.ListRejected(processes.stubs().daemon_pb2.ListRejectedRequest()).commands[0].command.id
                self.assertEqual(before, after)
                board.window("^Changes that were refused$")
                board.keys("Escape")
                self.assertEqual(DONE, board.close())


def _until(stream, counts):
    """The messages in which the number of refused changes is another one, until these were seen."""
    seen = []
    for message in stream:
        if not seen or seen[-1].status.rejected != message.status.rejected:
            seen.append(message)
        if [one.status.rejected for one in seen] == counts:
            stream.cancel()
            break
    return seen


if __name__ == "__main__":
    desktop.need_desktop()
    processes.need_grpc()
    processes.need_programs("hashirad", "hashira", "hashira-board", "hashira-datastored")
    if not shutil.which("xdotool"):
        processes.skip("xdotool is missing")
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
