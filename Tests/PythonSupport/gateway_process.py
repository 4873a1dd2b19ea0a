"""Starts the gateway's binary without a screen, for tests and benchmarks in Python."""

import os
import pathlib
import re
import signal
import subprocess
import threading


class GatewayProcess:
    """One running gateway in a directory of its own; ends with its `with` block."""

    def __init__(self, program, directory, configuration, environment=None):
        self.program = pathlib.Path(program)
        self.directory = pathlib.Path(directory)
        self.configuration = configuration
        self.environment = environment or {}
        self.lines = []
        self.port = None
        self.socket_path = self.directory / "admin.sock"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        file = self.directory / "anyllm.yaml"
        file.write_text(self.configuration)
        # Nothing of the caller's environment: no real key, no proxy, no other configuration.
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.directory), "LC_ALL": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(self.directory), "XDG_STATE_HOME": str(self.directory),
            **{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")},
            **self.environment,
        }
        self.process = subprocess.Popen(
            [str(self.program), "--headless", "--config", str(file), "--listen", "127.0.0.1:0",
             "--socket", str(self.socket_path)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, env=environment, cwd=self.directory)
        is_ready = threading.Event()
        threading.Thread(target=self._read_log, args=(is_ready,), daemon=True).start()
        if not is_ready.wait(30) or self.port is None:
            self.stop()
            raise RuntimeError("the gateway did not start:\n" + "".join(self.lines[-30:]))

    def _read_log(self, is_ready):
        for line in self.process.stderr:
            self.lines = self.lines[-500:] + [line]
            found = re.search(r"READY http://[\d.]+:(\d+)", line)
            if found:
                self.port = int(found.group(1))
                is_ready.set()
        is_ready.set()

    def stop(self):
        """Asks it to drain, then insists; answers its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
