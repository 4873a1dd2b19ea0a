"""Token counting beside tiktoken: the same tokens, and how much quicker.

`python3 Benchmarks/bench/tokens.py 5` compares five million random characters, by hand.
"""

import json
import pathlib
import random
import struct
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / ".build" / "release" / "codec-bench"
VOCABULARY = ROOT / "Sources" / "CLibraries" / "CVocabulary" / "o200k.bin"
CASES = ROOT / "Tests" / "DialectsTests" / "Fixtures" / "tokens" / "cases.jsonl"
SOURCES = ROOT / "Sources" / "ProxyKit" / "Dialects"
BATCH = 2_000_000


def encoding():
    """tiktoken's o200k_base from the vocabulary that lies here, or None without tiktoken."""
    try:
        import tiktoken
        import tiktoken_ext.openai_public as public
    except ImportError:
        return None
    file = VOCABULARY.read_bytes()
    pieces, pairs = struct.unpack_from("<2I", file, 8)
    texts = struct.unpack_from("<I", file, 28)[0]
    ranks = {}
    for (slot,) in struct.iter_unpack("<Q", file[pieces:pairs]):
        if slot:
            start = texts + (slot >> 18 & 0x1FFFFF)
            ranks[file[start:start + (slot >> 39 & 0xFF)]] = slot & 0x3FFFF
    public.load_tiktoken_bpe = lambda *_, **__: ranks
    return tiktoken.Encoding(**public.o200k_base())


def mixed_text():
    """A hundred kilobytes: sentences in many scripts, code, JSON."""
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()[:42]]
    prose = "\n".join(case["text"] for case in cases)
    code = "".join(path.read_text() for path in sorted(SOURCES.glob("*/*.swift")))
    return (prose * 20)[:30_000] + code[:60_000]


def best_of(rounds, work):
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def measure():
    """Lines for the document."""
    theirs = encoding()
    if theirs is None:
        return "tiktoken is not installed (pip install tiktoken); not compared\n"
    lines = []
    for name, text in (("mixed text", mixed_text()), ("one letter, 1 MB", "a" * 1_000_000)):
        done = subprocess.run([PROGRAM, "--token-time"], input=json.dumps(text) + "\n",
                              capture_output=True, text=True, check=True)
        count, nanoseconds = map(int, done.stdout.split())
        wanted = len(theirs.encode_ordinary(text))
        if count != wanted:
            raise SystemExit(f"{name}: {count} tokens, tiktoken says {wanted}")
        their_time = best_of(10, lambda: theirs.encode_ordinary(text))
        lines.append(f"{name}, {len(text.encode()) // 1000} KB, {count} tokens: "
                     f"{nanoseconds / 1000:.0f} us, tiktoken {their_time * 1e6:.0f} us "
                     f"({their_time * 1e9 / nanoseconds:.1f} times as long)")
    return "\n".join(lines) + "\n"


def random_text(rng, letters, tokens, files):
    kind = rng.randrange(7)
    if kind == 0:
        return "".join(rng.choices(letters, k=rng.randrange(1, 200)))
    if kind == 1:
        return "".join(chr(rng.choice([rng.randrange(0x80), rng.randrange(0x3000),
                                       rng.randrange(0xE000, 0x20000), rng.randrange(0xD800),
                                       rng.randrange(0x20000, 0x110000)]))
                       for _ in range(rng.randrange(1, 400)))
    if kind == 2:
        return "".join(rng.choices(tokens, k=rng.randrange(1, 300)))
    if kind == 3:
        text = list(rng.choice(files)[:8000])
        for _ in range(len(text) // 20):
            text[rng.randrange(len(text))] = rng.choice(letters)
        return "".join(text)
    if kind == 4:
        return "".join(rng.choice(letters) * rng.randrange(1, 300)
                       for _ in range(rng.randrange(1, 12)))
    if kind == 5:
        return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randrange(1, 6000)))
    return "".join(rng.choices(rng.sample(letters, rng.randrange(1, 5)), k=rng.randrange(1, 200)))


def differing(theirs, texts, rng):
    """The texts whose tokens differ."""
    lines = [json.dumps(text, ensure_ascii=rng.random() < 0.5) for text in texts]
    done = subprocess.run([PROGRAM, "--tokens"], input="\n".join(lines) + "\n", text=True,
                          encoding="utf-8", capture_output=True, check=True)
    ours = [[int(token) for token in line.split()] for line in done.stdout.split("\n")]
    return [text for text, tokens in zip(texts, ours, strict=False)
            if theirs.encode_ordinary(text) != tokens]


def differential(seed, millions):
    theirs, rng = encoding(), random.Random(seed)
    letters = list("aAbZǅʰªא文́ःा0٣½Ⅷ \t\n\r\u0085\u00a0\u2028\u3000'ſ’!/?.-_😀\u200d🇩sStTdDmMrReEvVlLé"
                   ) + ["'s", "'S", "'re", "'LL", "'ſ", "//", "\r\n", "  ", "''", "<|endoftext|>"]
    tokens = [token.decode("utf-8", "ignore") for token in theirs._mergeable_ranks]
    files = [path.read_text() for path in sorted(ROOT.glob("Sources/**/*.swift"))]
    total, wrong = 0, []
    while total < millions * 1e6 and not wrong:
        texts = []
        size = 0
        while size < BATCH:
            texts.append(random_text(rng, letters, tokens, files))
            size += len(texts[-1])
        total += size
        wrong = differing(theirs, texts, rng)
        print(f"{total} characters, {len(wrong)} texts differ", flush=True)
    for text in wrong[:5]:
        print(ascii(text[:200]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(differential(int(time.time()), float(sys.argv[1])) if sys.argv[1:] else
             print(measure()))
