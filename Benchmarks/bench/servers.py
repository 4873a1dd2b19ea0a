"""The processes that are measured or measured against; each ends with its `with` block."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

from gateway_process import GatewayProcess

from . import workloads


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port}: {' '.join(process.args)}")


class Server:
    """A child process with a port."""

    name = "server"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def workers(self):
        """The process and its children."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid] + [int(pid) for pid in children.read_text().split()]

    def peak_memory(self):
        """The most that was resident at once, in bytes."""
        total = 0
        for pid in self.workers():
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            total += int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024
        return total

    def cpu_seconds(self):
        ticks = 0
        for pid in self.workers():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


class Nginx(Server):
    """nginx with one worker and a configuration of its own."""

    def __init__(self, directory: pathlib.Path, name):
        self.directory = directory / name
        self.name = name

    def start(self):
        self.port = free_port()
        for folder in ("temp", "files"):
            (self.directory / folder).mkdir(parents=True, exist_ok=True)
        configuration = self.directory / "nginx.conf"
        configuration.write_text(self.frame(self.http()))
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        log = self.directory / "error.log"
        self.process = subprocess.Popen(
            [program, "-p", str(self.directory), "-c", str(configuration), "-e", str(log)],
            stdin=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)

    def frame(self, http):
        user = "user root;" if os.geteuid() == 0 else ""
        temporary = "".join(
            f"{kind}_temp_path temp/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        return f"""
{user} daemon off; worker_processes 1; pid nginx.pid; error_log error.log crit;
events {{ worker_connections 16384; }}
http {{
  access_log off; {temporary}
  tcp_nodelay on; sendfile on; client_max_body_size 64m;
  keepalive_timeout 300s; keepalive_requests 1000000000;
  {http}
}}
"""


class StaticUpstream(Nginx):
    """Answers `/<reply>/v1/…` with the file of that name, to a POST as well."""

    def __init__(self, directory):
        super().__init__(directory, "upstream")

    def http(self):
        workloads.write_replies(self.directory / "files")
        locations = "".join(
            f"""
    location = /{reply.name}{reply.path} {{ error_page 405 =200 /files/{reply.name}; return 405; }}
    location = /files/{reply.name} {{
      root {self.directory}; types {{}} default_type {reply.content_type};
    }}"""
            for reply in workloads.REPLIES)
        return f"server {{ listen 127.0.0.1:{self.port} backlog=4096; {locations} }}"

    def path(self, reply):
        return f"/{reply.name}{reply.path}"


class PlainProxy(Nginx):
    """A reverse proxy that translates nothing."""

    def __init__(self, directory, upstream, name="proxy"):
        super().__init__(directory, name)
        self.upstream = upstream

    def http(self):
        return f"""
  upstream static {{ server 127.0.0.1:{self.upstream.port}; keepalive 512;
    keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{self.port} backlog=4096;
    location / {{
      proxy_pass http://static; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off;
    }}
  }}"""

    def path(self, cell):
        return f"/{cell.reply.name}{cell.reply.path}"

    def end(self, cell):
        return cell.reply.end


class Gateway(GatewayProcess, Server):
    """The release binary without a screen: one loop, a key, the SQLite log and all else on."""

    name = "gateway"

    def __init__(self, program, directory: pathlib.Path, backends):
        super().__init__(program, directory, self.written(directory, backends))

    @staticmethod
    def written(directory, backends):
        lines = ["loops: 1", f"state_directory: {directory}", "keys:",
                 "  - name: bench", f"    secret: {workloads.KEY}", "backends:"]
        for name, kind, base_url in backends:
            lines += [f"  {name}:", f"    kind: {kind}", f"    base_url: {base_url}",
                      "    api_key: upstream-key"]
        lines.append("mappings:")
        lines += [f"  - {name}: \"{name}:bench\"" for name, _, _ in backends]
        return "\n".join(lines) + "\n"

    def path(self, cell):
        return cell.client_path

    def end(self, cell):
        return cell.end


def backends_of(upstream):
    """A backend for each static reply; its name is the reply's."""
    return [
        (reply.name, reply.name.split("-")[0],
         f"http://127.0.0.1:{upstream.port}/{reply.name}/v1")
        for reply in workloads.REPLIES
    ]


class PacedUpstream(Server):
    """Streams chunks at a steady pace to whoever asks."""

    name = "paced upstream"

    def __init__(self, program, chunks, interval_ms):
        self.command = [str(program), "--chunks", str(chunks), "--interval", str(interval_ms)]

    def start(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
