# SPDX-License-Identifier: MIT
"""Windows used as a person does, by pointer and keys, and a board that only says how it was started."""
import contextlib
import os
import re
import shutil
import subprocess

import desktop
import hashira_processes as processes


class FakeBoard:
    """hashirad in a directory of its own, beside a board that only says what it was started with."""

    def __init__(self, scene):
        self.bin = scene.dir / "bin"
        self.bin.mkdir()
        for file in (processes.BIN / "hashirad", *processes.BIN.glob("libhashira-*.so")):
            shutil.copy2(file, self.bin)
        board, told = self.bin / "hashira-board", self.bin / "told"
        os.mkfifo(told)
        board.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >"{told}"\n', encoding="utf-8")
        board.chmod(0o700)
        self._told, self._text, self.starts = os.open(told, os.O_RDWR | os.O_NONBLOCK), "", []

    def daemon(self, scene, name="daemon", start=True, **options):
        daemon = scene.daemon(name, start=False, **options)
        daemon.command[0] = str(self.bin / "hashirad")
        return daemon.start() if start else daemon

    def wait_start(self):
        """Until it is started once more; its arguments."""
        def look():
            with contextlib.suppress(BlockingIOError):
                self._text += os.read(self._told, 4096).decode()
            *lines, self._text = self._text.split("\n")
            self.starts += lines
            return self.starts
        desktop.wait(look, "the board is started")
        return self.starts.pop(0)

    def stop(self):
        os.close(self._told)


class Windows:
    """The windows of a screen with a window manager, used as a person does: by pointer and keys."""

    def __init__(self, env):
        self.env = {**os.environ, **env}
        self.manager = subprocess.Popen(["openbox", "--sm-disable"], env=self.env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # It says so when it manages.
        def manages():
            assert self.manager.poll() is None, f"the window manager ended with {self.manager.returncode}"
            return "window id" in self._run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
        desktop.wait(manages, "a window manager")

    def _run(self, *command):
        return subprocess.run(command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              timeout=processes.LIMIT, check=False).stdout.strip()

    def find(self, title):
        return self._run("xdotool", "search", "--onlyvisible", "--name", f"^{title}").split()

    def wait(self, title):
        """Until a window whose title begins so is shown and has the keys; its id."""
        def active():
            shown = self.find(title)
            return shown[0] if shown and self._run("xdotool", "getactivewindow") in shown else None
        return desktop.wait(active, f"a window {title!r} in front")

    def wait_gone(self, title):
        desktop.wait(lambda: not self.find(title), f"the window {title!r} closes")

    def shown(self, program, smallest):
        """(id, x, y, width, height) of the windows of that program that are seen and at least so large, popups too."""
        found = []
        for line in self._run("xwininfo", "-root", "-tree").splitlines():
            parts = re.match(rf' +(0x[0-9a-f]+) .*: \("{program}" .* (\d+)x(\d+)\+-?\d+\+-?\d+ +\+(-?\d+)\+(-?\d+)$', line)
            if parts and int(parts[2]) >= smallest and int(parts[3]) >= smallest \
                    and "IsViewable" in self._run("xwininfo", "-id", parts[1]):
                found.append((parts[1], int(parts[4]), int(parts[5]), int(parts[2]), int(parts[3])))
        return found

    def wait_icon(self, program):
        """Until the icon of that program is shown in an older tray and stays where it is: the tray makes room first."""
        seen = []

        def rests():
            seen.append(self.shown(program, 8))
            return seen[-1] if len(seen) > 5 and all(look == seen[-1] for look in seen[-5:]) else None
        return desktop.wait(rests, f"an icon of {program}")[0]

    def wait_popup(self, program):
        return desktop.wait(lambda: self.shown(program, 100), f"a menu of {program}")[0]

    def wait_closed(self, window):
        desktop.wait(lambda: "IsViewable" not in self._run("xwininfo", "-id", window[0]), f"the window {window} closes")

    def click(self, window, button=1):
        """In the middle of it."""
        _, x, y, width, height = window
        self._run("xdotool", "mousemove", str(x + width // 2), str(y + height // 2), "click", str(button))

    def type(self, text):
        self._run("xdotool", "type", "--delay", "1", text)

    def key(self, *keys):
        self._run("xdotool", "key", "--delay", "1", *keys)

    def stop(self):
        desktop.end(self.manager)
