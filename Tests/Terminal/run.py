#!/usr/bin/env python3
"""Drives the real dashboard in real terminals and looks at what they show.

Usage: run.py [BINARY [WORD]]    (else $ANYLLM_BUILD_DIR/anyllm-tui, else .build/debug/anyllm-tui)
With a word only the checks that have it in their name are run.
Prints one line a check and exits non-zero when one failed. Needs tmux and the standard library.
"""

import fcntl
import http.client
import json
import os
import pathlib
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
FIXTURE = HERE / "fixture.json"
SCREENS = HERE / "Screens"
CLOCK = "2026-11-21T12:04:33Z"
PATIENCE = 20.0
SANE = {"icanon", "echo", "isig", "icrnl", "ixon", "opost"}


def binary():
    if len(sys.argv) > 1:
        return str(pathlib.Path(sys.argv[1]).resolve())
    root = os.environ.get("ANYLLM_BUILD_DIR", HERE.parent.parent / ".build" / "debug")
    return str(pathlib.Path(root).resolve() / "anyllm-tui")


BINARY = binary()


def environment(**changes):
    kept = {k: v for k, v in os.environ.items()
            if k not in ("LINES", "COLUMNS", "NO_COLOR", "TMUX", "TMUX_PANE", "LANG", "LC_CTYPE")}
    kept.update(TZ="UTC", LC_ALL="C.UTF-8")
    for name, value in changes.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
    return kept


def command(*flags):
    return [BINARY, "--fixture", str(FIXTURE), "--test-clock", CLOCK, *flags]


def eventually(found, what, seconds=PATIENCE):
    """Asks again and again until `found()` is true; the bound is for a failure only."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found():
            return
        time.sleep(0.02)
    raise AssertionError(what() if callable(what) else what)


class Tmux:
    """A pane of a private tmux server with a shell in it, from which the dashboard is started."""

    count = 0

    def __init__(self, width=80, height=24):
        Tmux.count += 1
        self.server = f"anyllm{os.getpid()}x{Tmux.count}"
        self.directory = tempfile.TemporaryDirectory()
        self.pid_file = pathlib.Path(self.directory.name) / "pid"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height),
                  "bash --norc --noprofile -i", env=environment(TERM="xterm-256color"))
        self.tmux("set-option", "-g", "remain-on-exit", "on")
        self.wait(lambda text: re.search("[#$]", text), "no shell prompt")

    def tmux(self, *words, env=None):
        done = subprocess.run(["tmux", "-L", self.server, *words], capture_output=True, text=True,
                              env=env or environment())
        if done.returncode != 0:
            raise AssertionError(f"tmux {words}: {done.stderr}")
        return done.stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["tmux", "-L", self.server, "kill-server"], capture_output=True)
        self.directory.cleanup()

    def text(self):
        return self.tmux("capture-pane", "-p")

    def lines(self):
        return [line.rstrip() for line in self.text().split("\n")]

    def wait(self, found, what):
        eventually(lambda: found(self.text()), lambda: f"{what}; the screen:\n{self.text()}")

    def see(self, word):
        self.wait(lambda text: word in text, f"never saw {word!r}")

    def see_not(self, word):
        self.wait(lambda text: word not in text, f"{word!r} stayed")

    def keys(self, *names):
        for name in names:
            self.tmux("send-keys", name)

    def resize(self, width, height):
        self.tmux("resize-window", "-x", str(width), "-y", str(height))

    def facts(self):
        words = "#{alternate_on} #{cursor_flag} #{pane_dead}"
        return self.tmux("display-message", "-p", words).split()

    def start(self, *flags, term="xterm-256color", env="", redirect=""):
        """Types the command; the shell keeps its pid, and prints its status when it ends."""
        line = f"env {env} TERM={term} {shlex.join(command(*flags))} {redirect}"
        script = pathlib.Path(self.directory.name) / "start"
        script.write_text(f"echo $$ > {self.pid_file}\nexec {line}\n")
        self.pid_file.unlink(missing_ok=True)
        self.tmux("send-keys", "-l", f"clear; sh {script}; echo ended=$?")
        self.keys("Enter")
        eventually(lambda: self.pid_file.exists() and self.pid_file.read_text().strip(),
                   "the shell never started it")
        self.pid = int(self.pid_file.read_text())

    def kill(self, number):
        os.kill(self.pid, number)

    def ended(self, status=None):
        self.wait(lambda text: re.search(r"^ended=\d+", text, re.M), "it never ended")
        found = int(re.search(r"^ended=(\d+)", self.text(), re.M).group(1))
        if status is not None:
            assert found == status, f"exit status {found}, not {status}:\n{self.text()}"
        return found

    def restored(self):
        """What every end has to leave: the ordinary screen, a cursor, a sane line."""
        assert self.facts() == ["0", "1", "0"], f"alternate, cursor, dead: {self.facts()}"
        self.keys("C-l")
        self.tmux("send-keys", "-l", "stty -a | tr ' ;' '\\n\\n' > "
                  f"{self.directory.name}/stty; echo told")
        self.keys("Enter")
        self.wait(lambda text: re.search(r"^told", text, re.M), "the shell does not answer")
        modes = set((pathlib.Path(self.directory.name) / "stty").read_text().split())
        assert SANE <= modes, f"terminal modes lost: {sorted(SANE - modes)}"


class Pty:
    """The dashboard on a pseudo terminal that we read, or do not read, ourselves."""

    def __init__(self, *flags, rows=24, columns=80, term="xterm-256color", **changes):
        self.raw = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe(BINARY, command(*flags), environment(TERM=term, **changes))
        self.status = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.wait(0) is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait(PATIENCE)
        if self.fd is not None:
            os.close(self.fd)

    def pump(self, seconds=0.05):
        if not select.select([self.fd], [], [], seconds)[0]:
            return
        try:
            self.raw += os.read(self.fd, 65536)
        except OSError:
            time.sleep(seconds)

    def see(self, word):
        end = time.monotonic() + PATIENCE
        while word not in self.raw:
            if time.monotonic() > end:
                raise AssertionError(f"never read {word!r} in {self.raw[-2000:]!r}")
            self.pump()

    def send(self, text):
        os.write(self.fd, text)

    def wait(self, seconds=PATIENCE, reading=False):
        end = time.monotonic() + seconds
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() >= end:
                break
            elif reading:
                self.pump(0.02)
            else:
                time.sleep(0.02)
        return self.status

    def processor_ticks(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])


CHECKS = []


def check(name):
    def keep(function):
        CHECKS.append((name, function))
        return function
    return keep


def recorded(name):
    return (SCREENS / f"{name}.txt").read_text().split("\n")[:-1]


def same_screen(pane, name):
    expected = [line.rstrip() for line in recorded(name)]
    eventually(lambda: pane.lines()[:len(expected)] == expected,
               lambda: f"not as {name}.txt:\n{pane.text()}")


@check("the screen is what the model drew, at 80x24 and 200x60 and between")
def screens():
    with Tmux(80, 24) as pane:
        pane.start()
        same_screen(pane, "overview-80x24")
        for width, height in [(200, 60), (120, 40), (60, 16), (40, 10), (80, 24)]:
            pane.resize(width, height)
            same_screen(pane, f"overview-{width}x{height}")
        assert pane.facts()[0] == "1", "not on the alternate screen"
        assert pane.facts()[1] == "0", "the cursor shows"


@check("every screen is reached by its digit")
def digits():
    with Tmux(80, 24) as pane:
        pane.start()
        pane.see("Overview")
        for key, name in [("3", "backends"), ("4", "requests"), ("5", "errors"), ("6", "keys"),
                          ("7", "mappings"), ("8", "notices"), ("1", "overview")]:
            pane.keys(key)
            same_screen(pane, f"{name}-80x24")


@check("help opens and closes, a detail opens and closes")
def help_and_detail():
    with Tmux(80, 24) as pane:
        pane.start()
        pane.see("Overview")
        pane.keys("?")
        same_screen(pane, "help-80x24")
        pane.keys("Escape")
        same_screen(pane, "overview-80x24")
        pane.keys("Down", "Enter")
        same_screen(pane, "stream-80x24")
        pane.keys("q")
        pane.see("Backends  4")


@check("a stream is killed by X and y, and by nothing less")
def kill_flow():
    with Tmux(80, 24) as pane:
        pane.start()
        pane.see("7f3b")
        pane.keys("Down", "X")
        pane.see("Kill stream 7f3b")
        # Once the deaf moment is over, Enter and X are heard and still do nothing.
        time.sleep(0.2)
        pane.keys("Enter", "X", "Escape")
        pane.see("nothing was done")
        pane.keys("X")
        pane.see("Kill stream 7f3b")
        time.sleep(0.2)
        pane.keys("y")
        pane.see("CANCEL")
        pane.see("anyllmctl requests kill req_01KA7F3B9Q2M7f3b")
        pane.see("Streams  5")


@check("keys that were typed ahead of the question do not answer it")
def typed_ahead():
    with Tmux(80, 24) as pane:
        pane.start()
        pane.see("7f3a")
        pane.tmux("send-keys", "-l", "Xyyy")
        pane.see("Kill stream 7f3a")
        assert "CANCEL" not in pane.text()


@check("q asks while streams are in flight; n ends, and the terminal is as before")
def quit_now():
    with Tmux(80, 24) as pane:
        pane.start()
        pane.see("7f3a")
        pane.keys("q")
        pane.see("6 streams are in flight")
        time.sleep(0.2)
        pane.keys("n")
        pane.ended(0)
        pane.see("anyllm-tui: up 2h14m")
        pane.restored()


@check("d drains until the grace is over")
def quit_drain():
    with Tmux(80, 24) as pane:
        pane.start("--grace", "1")
        pane.see("7f3a")
        pane.keys("q")
        pane.see("6 streams are in flight")
        time.sleep(0.2)
        pane.keys("d")
        pane.see("DRAINING")
        pane.ended(0)
        pane.restored()


@check("h leaves the screen and keeps serving; TERM then ends it")
def quit_headless():
    with Tmux(80, 24) as pane:
        pane.start("--grace", "0")
        pane.see("7f3a")
        pane.keys("q")
        pane.see("6 streams are in flight")
        time.sleep(0.2)
        pane.keys("h")
        pane.see("serving goes on")
        pane.see("READY http://127.0.0.1:3000")
        assert pane.facts()[:2] == ["0", "1"]
        pane.kill(signal.SIGTERM)
        pane.ended(0)
        pane.restored()


for signal_name in ("SIGTERM", "SIGINT"):
    @check(f"{signal_name} drains, a second one ends at once")
    def drain_signal(number=getattr(signal, signal_name)):
        with Tmux(80, 24) as pane:
            pane.start("--grace", "600")
            pane.see("7f3a")
            pane.kill(number)
            pane.see("DRAINING")
            pane.kill(number)
            pane.ended(0)
            pane.restored()


for signal_name in ("SIGSEGV", "SIGABRT", "SIGILL", "SIGTRAP"):
    @check(f"a crash by {signal_name} gives the terminal back and keeps its status")
    def crash(number=getattr(signal, signal_name)):
        with Tmux(80, 24) as pane:
            pane.start()
            pane.see("7f3a")
            pane.kill(number)
            pane.ended(128 + number)
            pane.restored()


@check("after SIGKILL, --reset-terminal and stty put the terminal right")
def killed():
    with Tmux(80, 24) as pane:
        pane.start()
        pane.see("7f3a")
        pane.kill(signal.SIGKILL)
        eventually(lambda: not pathlib.Path(f"/proc/{pane.pid}").exists(), "it lives")
        pane.keys("Enter")
        pane.tmux("send-keys", "-l", f"{BINARY} --reset-terminal; stty sane")
        pane.keys("Enter")
        eventually(lambda: pane.facts() == ["0", "1", "0"], lambda: str(pane.facts()))
        pane.restored()


@check("Ctrl-Z asks, s suspends, fg comes back with the whole screen")
def suspend():
    with Tmux(80, 24) as pane:
        pane.start()
        pane.see("7f3a")
        pane.keys("C-z")
        pane.see("suspending stops the whole gateway")
        time.sleep(0.2)
        pane.keys("s")
        pane.see("Stopped")
        assert pane.facts()[0] == "0"
        pane.tmux("send-keys", "-l", "fg")
        pane.keys("Enter")
        same_screen_after_stop(pane)
        pane.kill(signal.SIGTSTP)
        pane.see("Stopped")
        pane.tmux("send-keys", "-l", "fg")
        pane.keys("Enter")
        same_screen_after_stop(pane)
        pane.kill(signal.SIGSTOP)
        pane.see("Stopped")
        pane.tmux("send-keys", "-l", "fg")
        pane.keys("Enter")
        same_screen_after_stop(pane)


def same_screen_after_stop(pane):
    # The last row may tell how long the stop was.
    expected = recorded("overview-80x24")[:-1]
    eventually(lambda: pane.lines()[:len(expected)] == expected,
               lambda: f"not whole after the stop:\n{pane.text()}")


TERMS = [("xterm-256color", "overview-80x24"), ("tmux-256color", "overview-80x24"),
         ("screen-256color", "overview-80x24"), ("xterm", "overview-80x24"),
         ("vt100", "overview-80x24")]

for term_name, screen_name in TERMS:
    @check(f"TERM={term_name} is drawn on and given back")
    def term(name=term_name, screen=screen_name):
        with Tmux(80, 24) as pane:
            pane.start("--grace", "0", term=name)
            same_screen(pane, screen)
            pane.kill(signal.SIGTERM)
            pane.ended(0)
            assert pane.facts() == ["0", "1", "0"], pane.facts()


@check("TERM=linux draws shades and no eighths")
def linux_console():
    with Tmux(120, 40) as pane:
        pane.start("--grace", "0", term="linux")
        same_screen(pane, "overview-120x40-console")
        pane.kill(signal.SIGTERM)
        pane.ended(0)


for term_name in ("dumb", "nonsense-1", "''"):
    @check(f"TERM={term_name} means headless: READY, no escape, TERM ends it")
    def no_screen(name=term_name):
        with Tmux(100, 24) as pane:
            pane.start("--grace", "0", term=name)
            pane.see("running headless")
            pane.see("READY http://127.0.0.1:3000")
            assert pane.facts()[0] == "0"
            pane.kill(signal.SIGTERM)
            pane.ended(0)
            pane.restored()


@check("a C locale is drawn in ASCII, and so is --ascii")
def ascii_screen():
    for locale, flags in [("LC_ALL=C", []), ("LC_ALL=C.UTF-8", ["--ascii"])]:
        with Tmux(80, 24) as pane:
            pane.start(*flags, env=locale)
            same_screen(pane, "overview-80x24-ascii")


@check("with no locale chosen at all the screen is Unicode")
def no_locale():
    with Tmux(80, 24) as pane:
        pane.start(env="-u LC_ALL -u LANG -u LC_CTYPE")
        same_screen(pane, "overview-80x24")


COLOUR = re.compile(rb"\x1b\[[0-9;]*(3[0-8]|4[0-8])[;m]")


@check("colours are used, and not with NO_COLOR, --color never or a vt100")
def colours():
    for expected, changes, flags, term_name in [
            (True, {}, [], "xterm-256color"), (False, {"NO_COLOR": "1"}, [], "xterm-256color"),
            (False, {}, ["--color", "never"], "xterm-256color"), (False, {}, [], "vt100"),
            (True, {"NO_COLOR": "1"}, ["--color=always"], "xterm-256color")]:
        with Pty(*flags, term=term_name, **changes) as screen:
            screen.see(b"deepseek-chat")
            screen.pump(0.3)
            found = COLOUR.search(screen.raw) is not None
            assert found == expected, f"colour {found} with {changes} {flags} {term_name}"


@check("LINES and COLUMNS do not hide the real size")
def lies():
    with Pty(LINES="5", COLUMNS="20") as screen:
        screen.see(b"7f3f")


@check("nothing is written while nothing changes")
def quiet():
    with Pty() as screen:
        screen.see(b"q")
        settle(screen)
        before = len(screen.raw)
        screen.pump(1.5)
        assert len(screen.raw) == before, screen.raw[before:]


def settle(screen):
    """Reads until half a second passes without a byte."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        before = len(screen.raw)
        screen.pump(0.5)
        if len(screen.raw) == before:
            return


@check("Ctrl-S does not freeze the screen")
def flow_control():
    with Pty() as screen:
        screen.see(b"7f3a")
        screen.send(b"\x13")
        screen.send(b"?")
        screen.see(b"closes")


@check("a paste is dropped, whatever it says")
def paste():
    with Pty() as screen:
        screen.see(b"7f3a")
        screen.send(b"\x1b[200~qnXy\x1b[201~")
        screen.see(b"a paste is no command")
        assert screen.wait(0.3, reading=True) is None, "the paste ended it"
        assert b"CANCEL" not in screen.raw


@check("bytes that are no keys do no harm")
def noise():
    with Pty() as screen:
        screen.see(b"7f3a")
        for bytes_ in [b"\xff\xfe\x80\xc3", b"\x1b]11;rgb:00/00/00\x07", b"\x1bP>|tmux\x1b\\",
                       b"\x1b[<0;10;10M", b"\x1b", b"\x00"]:
            screen.send(bytes_)
            screen.pump(0.1)
        screen.send(b"\x1b\x1b\x1b")
        screen.pump(0.2)
        screen.send(b"?")
        screen.see(b"closes")


@check("a storm of sizes is survived, and the last one is drawn")
def resize_storm():
    with Tmux(80, 24) as pane:
        pane.start()
        pane.see("7f3a")
        for step in range(60):
            pane.resize([1, 2, 10, 40, 80, 120, 200, 400][step % 8], [1, 2, 5, 10, 24, 60][step % 6])
        pane.resize(80, 24)
        same_screen(pane, "overview-80x24")


@check("a terminal that goes away drains the gateway and spins nothing")
def hangup():
    screen = Pty("--grace", "600")
    screen.see(b"7f3a")
    os.close(screen.fd)
    screen.fd = None
    time.sleep(1.0)
    assert screen.wait(0) is None, "it ended though streams are in flight"
    before = screen.processor_ticks()
    time.sleep(1.0)
    used = screen.processor_ticks() - before
    assert used < 20, f"{used} ticks of processor time in a second without a terminal"
    os.kill(screen.pid, signal.SIGTERM)
    assert screen.wait() == 0, screen.status


@check("a terminal that goes away with a short grace ends the process")
def hangup_ends():
    screen = Pty("--grace", "0")
    screen.see(b"7f3a")
    os.close(screen.fd)
    screen.fd = None
    assert screen.wait() == 0, screen.status


@check("a terminal that nobody reads does not hold TERM back")
def stuck():
    with Pty("--grace", "0", rows=60, columns=200) as screen:
        screen.see(b"7f3a")
        # Repaints until the terminal's buffer is full and the screen's thread stands in a write.
        for _ in range(60):
            screen.send(b"\x0c")
            time.sleep(0.02)
        os.kill(screen.pid, signal.SIGTERM)
        assert screen.wait() == 0, screen.status
        flags = termios.tcgetattr(screen.fd)[3]
        assert flags & termios.ECHO and flags & termios.ICANON, "modes not restored"


class Gateway(Pty):
    """The real gateway with its built-in demo backend, in a home of its own."""

    def __init__(self, *flags):
        self.home = tempfile.TemporaryDirectory()
        kept = environment(TERM="xterm-256color", HOME=self.home.name)
        secret = re.compile("KEY|TOKEN|SECRET|BASE_URL|PROXY|^XDG_|^BACKEND$|CONFIG", re.I)
        kept = {name: value for name, value in kept.items() if not secret.search(name)}
        line = [BINARY, "--listen", "127.0.0.1:0", "--socket", f"{self.home.name}/s", *flags]
        self.raw, self.status = b"", None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200, 0, 0))
            os.chdir(self.home.name)
            os.execvpe(BINARY, line, kept)
        self.see(b"http://127.0.0.1:")
        self.see(b"demo")
        self.port = int(re.search(rb"http://127\.0\.0\.1:(\d+)", self.raw).group(1))

    def __exit__(self, *words):
        super().__exit__(*words)
        self.home.cleanup()

    def open_stream(self):
        """A streamed request, given back when its headers have come."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        body = {"model": "demo", "max_tokens": 400, "stream": True,
                "messages": [{"role": "user", "content": "tell me a long story"}]}
        connection.request("POST", "/v1/messages", json.dumps(body), {
            "content-type": "application/json", "anthropic-version": "2023-06-01",
            "x-api-key": "any"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        return answer

    def fill_terminal(self):
        """Repaints until the terminal's buffer is full and the screen's thread stands in a write."""
        for _ in range(80):
            self.send(b"\x0c")
            time.sleep(0.02)
        waiting = pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/stat")
        eventually(lambda: waiting.read_text().rsplit(")", 1)[1].split()[0] == "S", "not stuck")


@check("a frozen terminal stops no stream, and TERM still drains")
def frozen():
    with Gateway("--grace", "20") as gateway:
        gateway.fill_terminal()
        assert b"message_stop" in gateway.open_stream().read()
        answer = gateway.open_stream()
        os.kill(gateway.pid, signal.SIGTERM)
        assert b"message_stop" in answer.read(), "the drain cut the stream"
        assert gateway.wait() == 0, gateway.status


@check("a terminal that goes away lets the streams in flight finish")
def gone_with_streams():
    with Gateway("--grace", "20") as gateway:
        answer = gateway.open_stream()
        os.close(gateway.fd)
        gateway.fd = None
        assert b"message_stop" in answer.read(), "the hangup cut the stream"
        assert gateway.wait() == 0, gateway.status


@check("a stream of the real gateway is seen, killed, and its client told")
def real_kill():
    with Gateway("--grace", "0") as gateway:
        answer = gateway.open_stream()
        gateway.see(b"STREAM")
        gateway.send(b"X")
        gateway.see(b"Kill stream")
        time.sleep(0.2)
        gateway.send(b"y")
        gateway.see(b"CANCEL")
        try:
            told = answer.read()
        except http.client.IncompleteRead as cut:
            told = cut.partial
        assert b"event: error" in told, told


def headless(*flags, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, **changes):
    return subprocess.Popen(command(*flags), stdin=stdin, stdout=stdout, stderr=subprocess.PIPE,
                            env=environment(TERM="xterm-256color", **changes))


def read_until(process, word):
    seen = b""
    end = time.monotonic() + PATIENCE
    while word not in seen:
        assert time.monotonic() < end, f"never read {word!r} in {seen!r}"
        if select.select([process.stderr], [], [], 0.1)[0]:
            more = os.read(process.stderr.fileno(), 65536)
            assert more or word in seen, f"ended after {seen!r}"
            seen += more
    return seen


@check("without a terminal it is headless: READY and log lines on stderr, no escape")
def piped():
    process = headless("--grace", "0")
    seen = read_until(process, b"READY http://127.0.0.1:3000")
    assert b"\x1b" not in seen
    assert b"ANTHROPIC_API_KEY found" in seen
    process.send_signal(signal.SIGUSR2)
    seen = read_until(process, b"reloaded, generation 17")
    process.send_signal(signal.SIGHUP)
    read_until(process, b"reloaded")
    process.send_signal(signal.SIGTERM)
    out, rest = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0 and out == b""
    assert b"291955 requests" in rest and b"\x1b" not in rest, rest


@check("with stdout, stdin or all three closed it still serves and ends in order")
def closed_streams():
    for redirect in (">&-", "<&-", "<&- >&- 2>&-"):
        line = f"exec {shlex.join(command('--grace', '0', '--headless'))} {redirect}"
        process = subprocess.Popen(["sh", "-c", line], env=environment(TERM="xterm"),
                                   stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        if "2>&-" in redirect:
            eventually(lambda: "anyllm-tui" in pathlib.Path(
                f"/proc/{process.pid}/cmdline").read_text(), "never started")
            time.sleep(0.5)
        else:
            read_until(process, b"READY")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0, redirect
        process.stderr.close()


@check("a start that fails says why and exits with 1, screen or not")
def failed_start():
    done = subprocess.run([BINARY, "--headless", "--fixture", "/nonexistent"],
                          capture_output=True, text=True, timeout=PATIENCE, env=environment())
    assert done.returncode == 1 and "/nonexistent" in done.stderr, done
    with Tmux(80, 24) as pane:
        pane.start("--fixture", "/nonexistent")
        pane.ended(1)
        pane.see("cannot read the fixture /nonexistent")
        pane.restored()


@check("a wrong argument exits with 2 and names it")
def wrong_argument():
    done = subprocess.run([BINARY, "--nonsense"], capture_output=True, text=True,
                          timeout=PATIENCE, env=environment())
    assert done.returncode == 2 and "--nonsense" in done.stderr, done


@check("help and version go to stdout")
def help_flag():
    for flag, word in [("--help", "usage: anyllm-tui"), ("--version", "anyllm-tui "),
                       ("--print-config-template", "backends:")]:
        done = subprocess.run([BINARY, flag], capture_output=True, text=True, timeout=PATIENCE,
                              env=environment())
        assert done.returncode == 0 and word in done.stdout and not done.stderr, done


@check("what a library prints stays off the screen and comes out at the end")
def captured_stderr():
    with Tmux(80, 24) as pane:
        pane.start("--grace", "0")
        pane.see("7f3a")
        with open(f"/proc/{pane.pid}/fd/2", "ab") as stream:
            stream.write(b"a library complains\n")
        pane.keys("?")
        same_screen(pane, "help-80x24")
        pane.keys("Escape")
        same_screen(pane, "overview-80x24")
        pane.kill(signal.SIGTERM)
        pane.ended(0)
        pane.see("a library complains")


@check("stderr that goes to a file is left alone")
def stderr_to_file():
    with Tmux(80, 24) as pane:
        log = pathlib.Path(pane.directory.name) / "log"
        pane.start("--grace", "0", redirect=f"2>{log}")
        pane.see("7f3a")
        with open(f"/proc/{pane.pid}/fd/2", "ab") as stream:
            stream.write(b"a library complains\n")
        eventually(lambda: "complains" in log.read_text(), "nothing in the file")
        pane.kill(signal.SIGTERM)
        pane.ended(0)
        assert "291955 requests" in log.read_text()


@check("a hundred busy streams are drawn within the budget")
def bench():
    done = subprocess.run([BINARY, "--bench-ui", "20", "--fixture", str(FIXTURE)],
                          capture_output=True, text=True, timeout=60, env=environment())
    assert done.returncode == 0, done
    found = re.search(r"quiet\s+\d+ us CPU/frame\s+(\d+) bytes/frame", done.stdout)
    assert found and found.group(1) == "0", done.stdout


def main():
    failed = 0
    chosen = [entry for entry in CHECKS if len(sys.argv) < 3 or sys.argv[2] in entry[0]]
    for name, function in chosen:
        started = time.monotonic()
        try:
            function()
            print(f"ok      {name} ({time.monotonic() - started:.1f} s)", flush=True)
        except Exception as error:
            failed += 1
            detail = str(error) if isinstance(error, AssertionError) else traceback.format_exc()
            print(f"FAILED  {name}", flush=True)
            print("\n".join("        " + line for line in detail.splitlines()), flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
