#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each text that a person reads in a window is in the translations, and translated: what is missing is told."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import hashira_processes as processes

ROOT = processes.SOURCE
TRANSLATIONS = ROOT / "resources/translations"
# Whose texts each is.
SOURCES = {"board": ROOT / "app/hashira-board", "tray": ROOT / "app/hashirad/tray"}
PLACES = ("%1", "%2", "%n")


def lupdate():
    found = shutil.which("lupdate", path="/usr/lib/qt6/bin" + os.pathsep + os.environ.get("PATH", ""))
    if not found:
        processes.skip("lupdate is missing: qt6-l10n-tools")
    return found


def messages(file):
    """(context, source, comment) -> the translation's texts, empty where one is not finished."""
    found = {}
    for context in xml.etree.ElementTree.parse(file).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            texts = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            key = (context.findtext("name"), message.findtext("source"), message.findtext("comment"))
            found[key] = [] if translation.get("type") or not all(texts) else texts
    return found


class Complete(unittest.TestCase):
    def fresh(self, name, language):
        """The file as lupdate makes it of the sources of now."""
        with tempfile.TemporaryDirectory() as top:
            copy = pathlib.Path(top) / f"{name}_{language}.ts"
            shutil.copy(TRANSLATIONS / copy.name, copy)
            subprocess.run([lupdate(), "-silent", "-no-obsolete", *(["-pluralonly"] if language == "en" else []),
                            SOURCES[name], "-ts", copy], check=True)
            return messages(copy)

    def test_every_text_is_translated(self):
        for file in sorted(TRANSLATIONS.glob("*.ts")):
            name, language = file.stem.split("_")
            with self.subTest(file.name):
                now = self.fresh(name, language)
                self.assertEqual([], [key for key, texts in now.items() if not texts],
                                 f"lupdate {SOURCES[name].relative_to(ROOT)} -ts {file.relative_to(ROOT)}, then translate these")
                self.assertEqual([], [key for key in messages(file) if key not in now], "texts that nothing says any more")

    def test_what_is_filled_in_has_its_place(self):
        for file in sorted(TRANSLATIONS.glob("*_ja.ts")):
            for (_, source, _), texts in messages(file).items():
                for place in PLACES:
                    for text in texts:
                        self.assertEqual(place in source, place in text, f"{file.name}: {source}: {text}")


if __name__ == "__main__":
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
