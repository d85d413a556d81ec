#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the pictures of docs/ out of the real programs on a screen of their own: `./dev pictures [NAME…]`.

Another picture is one more function in PICTURES.
"""
import configparser
import datetime
import pathlib
import subprocess
import sys
import time

import desktop
import hashira_processes as processes
import tray_menu

DOCS = processes.SOURCE / "docs"
SIZE = (1180, 600)
# What a desktop's palette is, as Plasma writes it: Qt reads it there.
PALETTES = {
    "light": {"window": "239,240,241", "base": "255,255,255", "text": "35,38,41", "button": "252,252,252",
              "highlight": "61,127,201", "inverse": "255,255,255"},
    "dark": {"window": "30,33,37", "base": "24,26,29", "text": "232,234,237", "button": "48,52,58",
             "highlight": "90,155,230", "inverse": "255,255,255"},
}


def desktop_settings(directory, palette, font):
    """A Plasma user's colours and font."""
    colors = PALETTES[palette]
    settings = configparser.ConfigParser()
    settings.optionxform = str
    for part, ground in (("Window", "window"), ("View", "base"), ("Button", "button"), ("Tooltip", "window")):
        settings[f"Colors:{part}"] = {"BackgroundNormal": colors[ground], "BackgroundAlternate": colors[ground],
                                      "ForegroundNormal": colors["text"], "ForegroundInactive": colors["text"],
                                      "ForegroundLink": colors["highlight"], "ForegroundVisited": colors["highlight"]}
    settings["Colors:Selection"] = {"BackgroundNormal": colors["highlight"], "ForegroundNormal": colors["inverse"]}
    settings["General"] = {"font": f"{font},10,-1,5,50,0,0,0,0,0"}
    settings["KDE"] = {"widgetStyle": "Fusion"}
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / "kdeglobals", "w", encoding="utf-8") as file:
        settings.write(file, space_around_delimiters=False)


class Stage:
    """A screen, a datastore and a daemon with sample tasks, and a desktop of these colours and language."""

    def __init__(self, scene, place, palette, language, font):
        self.scene, self.place = scene, place
        scene.env["LC_ALL"] = language
        scene.env["TZ"] = "UTC"
        desktop_settings(scene.dir / "config", palette, font)
        self.env = {**place.env, "XDG_CURRENT_DESKTOP": "KDE", "KDE_SESSION_VERSION": "5", "XDG_CONFIG_HOME": str(scene.dir / "config"),
                    "QT_QPA_PLATFORM": "xcb", "QT_FONT_DPI": "104"}

    def tool(self, *command):
        return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE,
                              env={**self.scene.env, **self.env}, timeout=processes.LIMIT).stdout

    def window(self, name):
        """The id of the window with that name, once it is seen."""
        return self.tool("xdotool", "search", "--sync", "--onlyvisible", "--name", name).split()[0].decode()

    def save(self, file, window):
        """Once it does not change any more: nothing tells that a window has painted all."""
        last = b""
        until = time.monotonic() + processes.LIMIT
        while True:
            now = self.tool("import", "-display", self.env["DISPLAY"], "-window", window, "-strip", "-depth", "8", "ppm:-")
            if now == last:
                break
            assert time.monotonic() < until, f"{file} does not come to rest"
            last = now
            time.sleep(0.4)
        subprocess.run(["convert", "ppm:-", "-strip", "-define", "png:compression-level=9", DOCS / file], input=last, check=True)


def moment(**back):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**back)).isoformat(timespec="seconds")


def day(ahead):
    return (datetime.date.today() + datetime.timedelta(days=ahead)).isoformat()


def sample(words):
    """(place, name, labels, more) of tasks, in the language of `words`."""
    work, home, garden, reading = words["labels"]
    names = iter(words["names"])

    def task(place, labels=(), **more):
        return {"place": place, "name": next(names), **({"labels": list(labels)} if labels else {}), **more}

    return [
        task("backlog", [home], note=words["note"]),
        task("backlog", [garden]),
        task("backlog", [reading]),
        task("backlog", [work], due=day(20)),
        task("backlog"),
        task("todo", [home], due=day(-1)),
        task("todo", [work], due=day(0), note=words["note"]),
        task("todo", [home], due=day(1)),
        task("todo", [garden], due=day(3)),
        task("doing", [work], started=moment(hours=1, minutes=25), due=day(1), note=words["note"]),
        task("doing", [home], started=moment(minutes=18)),
        task("done", [work], done=moment(minutes=35)),
        task("done", [home], done=moment(hours=2)),
        task("done", done=moment(hours=3)),
    ]


ENGLISH = {
    "labels": ("work", "home", "garden", "reading"),
    "note": "See the list in the drawer.",
    "names": ("Book the train to Kyoto", "Sow the winter lettuce", "Read about Japanese joinery",
              "Plan the workshop for the spring term", "Learn to sharpen chisels",
              "Pay the rent", "Send the release notes to Ana", "Buy milk and rice", "Prune the pear tree before the frost",
              "Write the talk on local-first programs: outline, two demos and the closing slide", "Repair the bicycle's rear light",
              "Review the new import", "Call the dentist", "Water the plants"),
}
JAPANESE = {
    "labels": ("仕事", "家", "庭", "読書"),
    "note": "引き出しの一覧を見る。",
    "names": ("京都行きの切符を予約する", "冬のレタスをまく", "木組みの本を読む", "春の勉強会を計画する", "鑿の研ぎ方を習う",
              "家賃を払う", "リリースノートを安藤さんに送る", "牛乳と米を買う", "霜が降りる前に梨の木を剪定する",
              "ローカルファーストの発表を書く：構成、実演二つ、まとめ", "自転車の尾灯を直す",
              "新しい取り込みを確認する", "歯医者に電話する", "植木に水をやる"),
}


def show_board(stage, words):
    """A board with the sample tasks: all synced but the last of them, which still waits for a datastore that stopped."""
    store = stage.scene.datastore()
    daemon = stage.scene.daemon("desk", datastore=store, token=store.token("me"))
    tasks = sample(words)
    *most, last = tasks[:9] + tasks[10:] + [tasks[9]]
    daemon.send(*[("NEW", task) for task in most])
    daemon.wait_tasks(lambda shown: len(shown) == len(most) and not any(task.pending for task in shown.values()))
    store.stop()
    daemon.send(("NEW", last))
    board = subprocess.Popen([processes.BIN / "hashira-board", "--socket", daemon.endpoint], stdin=subprocess.DEVNULL,
                             env={**stage.scene.env, **stage.env})
    window = stage.window("^Hashira$")
    stage.tool("xdotool", "windowsize", "--sync", window, *SIZE)
    stage.tool("xdotool", "windowfocus", "--sync", window)
    stage.tool("xdotool", "mousemove", 5, 795, "sleep", 0.2, "key", "--window", window, "Right", "Right", "Down")
    return board, window


def board_picture(file, palette, language, words, font):
    def make():
        with processes.Scene() as scene, desktop.Desktop(scene) as place:
            stage = Stage(scene, place, palette, language, font)
            board, window = show_board(stage, words)
            try:
                stage.save(file, window)
            finally:
                desktop.end(board)
    return make


PICTURES = {
    "board-light": board_picture("board-light.png", "light", "en_GB.UTF-8", ENGLISH, "Inter"),
    "board-dark": board_picture("board-dark.png", "dark", "en_GB.UTF-8", ENGLISH, "Inter"),
    "board-ja": board_picture("board-ja.png", "light", "ja_JP.UTF-8", JAPANESE, "IPAexGothic"),
    "tray-menu": lambda: tray_menu.make(DOCS / "tray-menu.png"),
}


def main():
    desktop.need_desktop()
    processes.need_programs("hashirad", "hashira-board", "hashira-datastored")
    processes.need_grpc()
    DOCS.mkdir(exist_ok=True)
    for name in sys.argv[1:] or PICTURES:
        if name not in PICTURES:
            sys.exit(f"there is no picture {name}; there are {', '.join(PICTURES)}")
        PICTURES[name]()
        file = DOCS / f"{name}.png"
        print(f"docs/{file.name}: {file.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
