#!/bin/sh
# SPDX-License-Identifier: MIT
# Stands in for systemd in a clean root, where nothing is process 1: it does for our one unit what the package's scripts
# ask systemctl for, as the unit has it, and notes what was asked.
echo "$*" >>/var/log/asked-of-systemctl
# What only arranges links needs no process 1.
case $1 in --root=*) exec systemctl.real "$@" ;; esac
unit=hashira-datastored.service
pid_file=/run/hashira-datastored.pid
state=/var/lib/hashira-datastore

running() { [ -s "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null; }

start() {
    if running; then return; fi
    mkdir -p "$state"
    chown hashira-datastore: "$state"
    chmod 700 "$state"
    HASHIRA_DATASTORED_DATABASE=sqlite:$state/datastore.db
    export HASHIRA_DATASTORED_DATABASE
    set -a
    # shellcheck disable=SC1091 # the package's own
    . /etc/default/hashira-datastored
    set +a
    out=/run/hashira-datastored.out
    : >"$out"
    # In a session of its own: that of apt ends with a hang-up.
    setsid setpriv --reuid hashira-datastore --regid hashira-datastore --clear-groups --no-new-privs --reset-env \
        env "HASHIRA_DATASTORED_DATABASE=$HASHIRA_DATASTORED_DATABASE" \
        "HASHIRA_DATASTORED_LISTEN=${HASHIRA_DATASTORED_LISTEN:-tcp:127.0.0.1:7946}" \
        "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' /usr/lib/systemd/system/$unit)" serve \
        >"$out" 2>>/var/log/hashira-datastored.log </dev/null &
    echo $! >"$pid_file"
    while [ ! -s "$out" ] && running; do sleep 0.05; done
}

stop() {
    if running; then kill -TERM "$(cat "$pid_file")"; fi
    while running; do sleep 0.05; done
    rm -f "$pid_file"
}

for word in "$@"; do
    case $word in
        is-enabled)
            if [ -L /etc/systemd/system/multi-user.target.wants/$unit ]; then echo enabled; exit 0; fi
            exit 1
            ;;
        is-active) running; exit ;;
        start) start ;;
        stop) stop ;;
        restart) stop; start ;;
        try-restart) if running; then stop; start; fi ;;
        disable) case " $* " in *" --now "*) stop ;; esac ;;
    esac
done
