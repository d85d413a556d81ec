# SPDX-License-Identifier: MIT
"""The picture of the tray's menu, opened in the panel of a real desktop: Xfce's, with the window manager openbox."""
import pathlib
import re
import subprocess
import time

import desktop
import hashira_processes as processes

XFCONFD = pathlib.Path("/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd")
PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="false"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="30"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
        <value type="int" value="3"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray">
      <property name="known-legacy-items" type="array"/>
      <property name="square-icons" type="bool" value="true"/>
    </property>
    <property name="plugin-3" type="string" value="clock">
      <property name="digital-layout" type="uint" value="3"/>
      <property name="digital-time-format" type="string" value="%H:%M"/>
    </property>
  </property>
</channel>
"""
THEME = "[Settings]\ngtk-font-name=Inter 10\ngtk-theme-name=Adwaita\n"


class Panel:
    """Xfce's panel on the desktop's screen and bus."""

    def __init__(self, scene, place):
        config = scene.dir / "config"
        for file, text in ((config / "xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml", PANEL),
                           (config / "gtk-3.0/settings.ini", THEME)):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        self.env = {**scene.env, **place.env, "XDG_CURRENT_DESKTOP": "XFCE", "GTK_THEME": "Adwaita"}
        self.parts = []
        for command in ([XFCONFD], ["openbox", "--sm-disable"], ["xfce4-panel", "--disable-wm-check"]):
            self.parts.append(subprocess.Popen([str(part) for part in command], env=self.env, stdin=subprocess.DEVNULL,
                                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        connection = place.bus.connect()
        desktop.wait(lambda: connection.name_has_owner(desktop.WATCHER), "the panel takes icons")
        connection.close()

    def run(self, *command):
        return subprocess.run([str(part) for part in command], env=self.env, check=True, stdout=subprocess.PIPE,
                              timeout=processes.LIMIT).stdout

    def windows(self, name, width, height):
        """(x, y, width, height) of the windows of that name that are at least so large."""
        tree = self.run("xwininfo", "-root", "-tree").decode()
        found = re.findall(rf'"{re.escape(name)}".* (\d+)x(\d+)\+-?\d+\+-?\d+ +\+(-?\d+)\+(-?\d+)', tree)
        return [(int(x), int(y), int(w), int(h)) for w, h, x, y in found if int(w) >= width and int(h) >= height]

    def screen(self):
        """The screen once it has come to rest: nothing tells that all is painted."""
        last, until = b"", time.monotonic() + processes.LIMIT
        while (now := self.run("import", "-window", "root", "-depth", "8", "ppm:-")) != last:
            assert time.monotonic() < until, "the screen does not come to rest"
            last = now
            time.sleep(0.5)
        return last

    def stop(self):
        for part in reversed(self.parts):
            desktop.end(part)


def sample(daemon, store):
    """A day's tasks, the last of which still waits for a datastore that stopped."""
    for place, names in (("doing", ("Write the talk on local-first programs", "Repair the bicycle's rear light")),
                         ("todo", ("Pay the rent", "Send the release notes to Ana", "Buy milk and rice",
                                   "Prune the pear tree before the frost"))):
        for name in reversed(names):
            daemon.send(("NEW", {"name": name, "place": place}))
    daemon.wait_status(lambda status: status.pending == 0)
    store.stop()
    for name in ("Call the dentist", "Water the plants"):
        daemon.send(("NEW", {"name": name, "place": "todo"}))


def make(file):
    """Saves it as that file."""
    with processes.Scene() as scene, desktop.Desktop(scene) as place:
        scene.env["LC_ALL"] = "C.UTF-8"
        panel = Panel(scene, place)
        place.parts.append(panel)
        store = scene.datastore()
        # Times as people write them.
        daemon = scene.daemon("desk", env={**place.env, "LC_ALL": "en_GB.UTF-8"}, headless=False,
                              datastore=store, token=store.token("me"))
        sample(daemon, store)
        desktop.wait(lambda: not daemon.status().warnings, "the panel shows the icon")
        panel.screen()
        x, _, width, _ = panel.windows("wrapper-2.0", 20, 20)[0]
        panel.run("xdotool", "mousemove", x + width // 2, 15, "click", "3")
        left, top, width, height = desktop.wait(lambda: panel.windows("wrapper-2.0", 100, 100), "the menu opens")[0]
        panel.run("xdotool", "mousemove", left + width // 3, top + height // 3)  # over an entry, as a hand would
        crop = f"{width}x{top + height}+{left}+0"
        subprocess.run(["convert", "ppm:-", "-crop", crop, "+repage", "-strip", "-define", "png:compression-level=9", file],
                       input=panel.screen(), check=True)
