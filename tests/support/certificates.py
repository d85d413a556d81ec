# SPDX-License-Identifier: MIT
"""Certificates for the tests, made by openssl where a test needs them.

    ca = Authority(directory, "our-ca")
    cert, key = ca.leaf("server", names=["DNS:localhost", "IP:127.0.0.1"])
"""
import datetime
import pathlib
import shutil
import subprocess

import hashira_processes as processes

LOCAL = ("DNS:localhost", "IP:127.0.0.1", "IP:::1")
CONFIG = """
[ca]
default_ca = mine
[mine]
database = {dir}/index.txt
new_certs_dir = {dir}
certificate = {dir}/ca.crt
private_key = {dir}/ca.key
rand_serial = yes
default_md = sha256
policy = anything
x509_extensions = leaf
unique_subject = no
[anything]
commonName = supplied
[leaf]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = {names}
"""


def need_openssl():
    if not shutil.which("openssl"):
        processes.skip("openssl is missing")


def need_daemons():
    """A daemon, its command line, and a datastore with a certificate."""
    processes.need_programs("hashirad", "hashira", "hashira-datastored")
    processes.need_grpc()
    need_openssl()


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=processes.LIMIT, check=False)
    assert done.returncode == 0, f"openssl {' '.join(map(str, arguments))}: {done.stdout}"


def utc(days):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return moment.strftime("%Y%m%d%H%M%SZ")


class Authority:
    """A CA of its own, and what it signed."""

    def __init__(self, directory, name):
        self.dir = pathlib.Path(directory) / name
        self.dir.mkdir()
        (self.dir / "index.txt").touch()
        self.cert = self.dir / "ca.crt"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 30,
                "-keyout", self.dir / "ca.key", "-out", self.cert, "-subj", f"/CN={name}",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")

    def leaf(self, name, names=LOCAL, begins=-2, ends=20):
        """(certificate, key) of a server with those names, valid from and until so many days from now."""
        cert, key, request = (self.dir / f"{name}.{end}" for end in ("crt", "key", "csr"))
        config = self.dir / f"{name}.conf"
        config.write_text(CONFIG.format(dir=self.dir, names=",".join(names)), encoding="ascii")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request,
                "-subj", f"/CN={name}")
        openssl("ca", "-batch", "-notext", "-config", config, "-in", request, "-out", cert,
                "-startdate", utc(begins), "-enddate", utc(ends))
        key.chmod(0o600)
        return cert, key
