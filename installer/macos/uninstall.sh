#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# uninstall.sh [--purge]: ends the daemon, starts it at no login any more, removes the bundle. The tasks stay unless --purge.
set -euo pipefail

readonly kLabel=org.hashira.hashirad
readonly kAgent=$HOME/Library/LaunchAgents/$kLabel.plist
readonly kApp=${HASHIRA_APP:-/Applications/Hashira.app}
case ${1:-} in
    '' | --purge) ;;
    *)
        echo "uninstall.sh: takes --purge only" >&2
        exit 2
        ;;
esac

if [[ -x $kApp/Contents/MacOS/hashira ]]; then "$kApp/Contents/MacOS/hashira" quit 2>/dev/null || true; fi
launchctl bootout "gui/$(id -u)/$kLabel" 2>/dev/null || true
rm -f "$kAgent"
rm -rf "$kApp"
if [[ ${1:-} == --purge ]]; then
    rm -rf "$HOME/Library/Application Support/hashira" "$HOME/Library/Preferences/hashira"
    echo "Hashira and its tasks on this machine are gone. A token may still be in the keychain: look for hashira there."
else
    echo "Hashira is gone; the tasks stay in $HOME/Library/Application Support/hashira."
fi
