# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# The daemons that run the program of this very system, not of a container: their pids. A program that was replaced is
# told as deleted.
running_daemons() {
    for exe in /proc/[0-9]*/exe; do
        pid=${exe#/proc/}
        pid=${pid%/exe}
        program=$(readlink "$exe" 2>/dev/null) || continue
        if [ "${program% (deleted)}" != /usr/bin/hashirad ]; then continue; fi
        if [ "$(stat -Lc %d:%i "/proc/$pid/root" 2>/dev/null)" = "$(stat -Lc %d:%i /)" ]; then
            echo "$pid"
        fi
    done
}

# Each begins anew in order with the program that is installed now, and keeps its pid.
restart_daemons() {
    for pid in $(running_daemons); do
        kill -USR1 "$pid" 2>/dev/null || true
    done
}

# Each ends in order; what is left after 15 s is killed, and loses nothing that was acknowledged.
end_daemons() {
    signal=TERM
    tries=0
    while pids=$(running_daemons) && [ -n "$pids" ]; do
        for pid in $pids; do
            kill -"$signal" "$pid" 2>/dev/null || true
        done
        tries=$((tries + 1))
        if [ "$tries" -ge 15 ]; then signal=KILL; fi
        if [ "$tries" -ge 20 ]; then break; fi
        sleep 1
    done
}
