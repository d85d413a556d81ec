# SPDX-License-Identifier: MIT
"""A Debian with nothing on it but what our packages depend on, to install them into.

    with CleanRoot(debs, cache) as root:
        root.run("apt-get", "install", "./hashira.deb")

Its mounts are of a namespace of its own, which ends with the process that holds it; so do the programs that run in it.
The root is made once by mmdebstrap from the machine's own sources and kept as a tar below the build directory.
"""
import hashlib
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import hashira_processes as processes

# A download of some 150 MB on a busy machine.
MAKE_LIMIT = 900

# Process 1 of the root: who ends in there is waited for by nobody else. It switches the loopback on, which is all the network there
# is (SIOCSIFFLAGS with IFF_UP and IFF_RUNNING).
HOLD = """
import fcntl, signal, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
signal.pause()
"""


def need():
    if os.geteuid() != 0:
        processes.skip("only root can make a clean root to install into")
    for tool in ("mmdebstrap", "unshare", "nsenter", "dpkg-deb", "apt-get"):
        if not shutil.which(tool):
            processes.skip(f"{tool} is missing: no clean root to install into")
    if subprocess.run(["unshare", "--mount", "--pid", "--net", "--fork", "true"], stderr=subprocess.DEVNULL,
                      check=False).returncode:
        processes.skip("no namespaces here: no clean root to install into")


def field(deb, name):
    return subprocess.run(["dpkg-deb", "-f", deb, name], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def sources():
    """This machine's own sources of its distribution, as lines for sources.list, and its code name."""
    words = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', pathlib.Path("/etc/os-release").read_text(encoding="utf-8"), re.M))
    told = subprocess.run(["apt-get", "indextargets", "--format", "$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)",
                           "Created-By: Packages"], stdout=subprocess.PIPE, text=True, check=True).stdout
    rows = sorted({tuple(line.split("|")) for line in told.splitlines()})
    lines = [f"deb {uri} {release} {component}" for origin, uri, release, component in rows
             if origin in ("Debian", "Ubuntu") and release.split("-")[0] == words.get("VERSION_CODENAME")]
    if not lines:
        processes.skip("apt knows no sources of this distribution; apt-get update would help")
    return words["VERSION_CODENAME"], lines


def depended(debs):
    """The first choice of each dependency, but for our own packages."""
    names = set()
    for deb in debs:
        for choice in field(deb, "Depends").split(","):
            names.add(choice.split("|")[0].split("(")[0].strip())
    return sorted(names - {field(deb, "Package") for deb in debs})


def make(debs, cache):
    """The tar of the root, made unless it is there."""
    codename, lines = sources()
    packages = depended(debs)
    key = hashlib.sha256("\n".join([codename, *lines, *packages]).encode()).hexdigest()[:16]
    tar = pathlib.Path(cache) / f"clean-root-{key}.tar"
    if tar.exists():
        return tar
    tar.parent.mkdir(parents=True, exist_ok=True)
    for old in tar.parent.glob("clean-root-*.tar*"):
        old.unlink()
    began = time.monotonic()
    new = tar.with_suffix(".tar.new")
    made = subprocess.run(["mmdebstrap", "--variant=minbase", "--format=tar", f"--include={','.join(packages)}",
                           "--dpkgopt=path-exclude=/usr/share/locale/*", codename, str(new), "-"],
                          input="\n".join(lines) + "\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=MAKE_LIMIT, check=False)
    if made.returncode:
        if re.search(r"Could not (resolve|connect)|Temporary failure|Failed to fetch", made.stdout):
            processes.skip(f"no network to make a clean root with: {made.stdout[-800:]}")
        sys.exit(f"mmdebstrap failed:\n{made.stdout[-4000:]}")
    new.rename(tar)
    print(f"made a clean root in {time.monotonic() - began:.0f} s, {tar.stat().st_size >> 20} MB")
    return tar


def read_line(process, limit=processes.LIMIT):
    """The next line that it prints, or what there is of it when the limit is over."""
    read, until = b"", time.monotonic() + limit
    out = process.stdout.fileno()
    while not read.endswith(b"\n") and select.select([out], [], [], max(0, until - time.monotonic()))[0]:
        piece = os.read(out, 1)
        if not piece:
            break
        read += piece
    return read.decode()


class CleanRoot:
    def __init__(self, debs, cache):
        self.tar = make(debs, cache)
        self.holder = None

    def __enter__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="hsr-root", dir="/var/tmp"))
        subprocess.run(["tar", "-xf", self.tar, "-C", self.dir, "--numeric-owner", "--exclude=./dev/*"], check=True)
        # A process that holds the namespaces: whatever runs in them ends with it, and the mounts go.
        # /dev/null and its like are the machine's; nothing else of it is seen.
        script = (f"mount --rbind /dev {self.dir}/dev && mount -t proc proc {self.dir}/proc"
                  f" && exec /usr/bin/python3 -c '{HOLD}'")
        self.holder = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--net", "--fork",
                                        "--kill-child", "sh", "-c", script],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.holder.stdout.readline() == "ready\n", "the clean root cannot be mounted"
        children = pathlib.Path(f"/proc/{self.holder.pid}/task/{self.holder.pid}/children").read_text(encoding="ascii")
        self.inner = children.split()[0]
        return self

    def __exit__(self, *_):
        if self.holder:
            os.kill(int(self.inner), signal.SIGKILL)
            self.holder.wait(processes.LIMIT)
            self.holder.stdout.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def command(self, *arguments, user=None):
        """The command line that runs these in the root."""
        inside = ["nsenter", f"--target={self.inner}", "--mount", "--pid", "--net", "chroot"]
        if user:
            inside.append(f"--userspec={user}")
        return [*inside, str(self.dir), *map(str, arguments)]

    def environment(self, **more):
        return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
                "DEBIAN_FRONTEND": "noninteractive", **more}

    def run(self, *arguments, user=None, limit=300, check=True, **more):
        """(exit code, all that it said)"""
        done = subprocess.run(self.command(*arguments, user=user), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=limit, env=self.environment(**more),
                              check=False)
        if check:
            assert done.returncode == 0, f"{' '.join(map(str, arguments))}: {done.returncode}\n{done.stdout}"
        return done.returncode, done.stdout

    def beside(self, *arguments, limit=300):
        """This machine's own program, which sees the processes of the root and its network."""
        return subprocess.run(["nsenter", f"--target={self.inner}", "--mount", "--pid", "--net", *map(str, arguments)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=limit,
                              env=self.environment(), check=False)

    def start(self, *arguments, user=None, log, **more):
        """A process that goes on; its standard output is a pipe."""
        with open(log, "ab") as errors:
            return subprocess.Popen(self.command(*arguments, user=user), stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, stderr=errors, text=True, env=self.environment(**more))

    def files(self):
        """All files of the root but those that the system itself makes or notes: path to (kind, size or target)."""
        found = {}
        for top, directories, names in os.walk(self.dir):
            place = "/" + os.path.relpath(top, self.dir)
            if place in ("/dev", "/proc", "/run", "/tmp", "/sys"):
                directories.clear()
                continue
            for name in [*names, *directories]:
                path = os.path.join(top, name)
                inside = os.path.normpath(f"{place}/{name}")
                found[inside] = os.readlink(path) if os.path.islink(path) else os.path.isdir(path) or os.path.getsize(path)
        return found
