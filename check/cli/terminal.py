"""What the program does on a terminal, and not elsewhere.

Standard output and standard error are each a pseudo terminal of its own, or a pipe."""

import os
import pty
import select
import subprocess
import sys
import time
import tty

PROGRAM = sys.argv[1]
STORY = ["coverage", "--image", "64x64x3", "--matrix", "1 0 10; 0 1 20"]
UTF8 = {"LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
BLOCK = "\N{UPPER HALF BLOCK}"
DEADLINE = 60  # seconds; a hang is found, a slow machine is not


def collect(readers, until):
    """What comes in each, till all are closed or `until` says that it is enough."""
    seen = [b""] * len(readers)
    open_readers = list(readers)
    begun = time.monotonic()
    while open_readers and not until(seen):
        assert time.monotonic() - begun < DEADLINE, seen
        for reader in select.select(open_readers, [], [], 1.0)[0]:
            try:
                piece = os.read(reader, 65536)
            except OSError:  # the other end of a terminal was closed
                piece = b""
            seen[readers.index(reader)] += piece
            if not piece:
                open_readers.remove(reader)
    return seen


def run(words, out, err, environment, until=lambda seen: False):
    """Its standard output and error; `out` and `err` say which is a terminal."""
    ends = []
    for is_terminal in (out, err):
        reader, writer = pty.openpty() if is_terminal else os.pipe()
        if is_terminal:
            tty.setraw(writer)
        ends.append((reader, writer))
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    for name in ("NO_COLOR", "COLORTERM", "TERM_PROGRAM", "KITTY_WINDOW_ID", "TERM"):
        clean.pop(name, None)
    process = subprocess.Popen(
        [PROGRAM, *words],
        stdin=subprocess.DEVNULL,
        stdout=ends[0][1],
        stderr=ends[1][1],
        env={**clean, **environment},
    )
    for _, writer in ends:
        os.close(writer)
    seen = collect([reader for reader, _ in ends], until)
    process.terminate()
    process.wait()
    for reader, _ in ends:
        os.close(reader)
    return [piece.decode("utf-8") for piece in seen]


def shown(environment, words=(), terminal=True):
    return run([*STORY, *words], terminal, False, environment)[0]


def map_lines(text):
    """The lines between the description of the warp and the legend."""
    return text.split("\n\n")[2].split("\n")


def a_map_is_for_terminals():
    plain = shown(UTF8, terminal=False)
    assert BLOCK not in plain and "\033" not in plain and "@@@" not in plain
    drawn = shown(UTF8)
    assert BLOCK in drawn and "\033[38;5;" in drawn and "38;2;" not in drawn
    assert len(map_lines(drawn)) <= 20
    # Nothing else is different.
    assert drawn.replace("\n\n" + "\n".join(map_lines(drawn)), "", 1) == plain


def colours_are_as_the_terminal_has_them():
    assert "\033[38;2;" in shown({**UTF8, "COLORTERM": "truecolor"})
    for environment in (
        {**UTF8, "NO_COLOR": "1"},
        {**UTF8, "LC_ALL": "C"},
        {**UTF8, "TERM": "dumb"},
        {"LC_ALL": "C.UTF-8"},
    ):
        letters = shown(environment)
        assert "\033" not in letters and BLOCK not in letters, environment
        assert "\n" + 27 * "@" + 5 * "o" + "\n" in letters, environment
        assert "o out-of-view; z zero-weight" in letters, environment
        assert len(map_lines(letters)) <= 20


def an_empty_no_color_is_none():
    assert "\033[38;5;" in shown({**UTF8, "NO_COLOR": ""})


def kitty_gets_a_picture():
    for name, value in (("TERM", "xterm-kitty"), ("KITTY_WINDOW_ID", "1")):
        picture = shown({**UTF8, name: value})
        assert "\033_Ga=T,f=100," in picture and BLOCK not in picture, name
    # A multiplexer would print it as it is.
    assert "\033_G" not in shown({**UTF8, "TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"})
    assert "\033" not in shown({**UTF8, "TERM": "xterm-kitty", "NO_COLOR": "1"})


def the_option_decides_for_itself():
    assert shown(UTF8, ["--map=none"]).count("\n\n") == shown(UTF8, terminal=False).count(
        "\n\n"
    )
    assert "@@@" in shown(UTF8, ["--map"], terminal=False)
    assert "@@@" in shown(UTF8, ["--map=letters"])
    assert "\033[38;2;" in shown({}, ["--map=blocks"], terminal=False)
    assert "\033_G" in shown({}, ["--map=kitty"], terminal=False)


def progress_is_for_terminals_and_is_erased():
    """A run that is long enough to be told of, however fast the machine."""
    count = 2000
    while True:
        words = ["coverage", "--image", "64x64", "--random", str(count), "--rotate", "-9:9"]
        begun = time.monotonic()
        out, err = run(words, False, True, UTF8)
        if time.monotonic() - begun > 1.0:
            break
        assert err == "" or "left" in err, err
        count *= 3
    lines = err.split("\r")
    assert lines[0] == "" and lines[-1] == "", err
    assert lines[-2].strip(" ") == "" and len(lines[-2]) >= len(lines[1]), err
    told = lines[1:-2]
    assert told and all(f" of {count} warps, about " in line for line in told), err
    assert all(line.rstrip().endswith(" left") for line in told), err
    assert len(told) <= 10 * (time.monotonic() - begun) + 1, "at most ten a second"
    assert "\r" not in out
    assert run(words, False, False, UTF8)[1] == ""


def a_verification_tells_what_it_counts():
    def enough(seen):
        return b" left" in seen[1]

    for words, what in (
        (["verify", "builtin:reference", "--level", "5"], " problems, about "),
        (
            ["coverage", "--image", "700x700", "--matrix", "0.5 0 0; 0 0.5 0", "--what-if"],
            " remedies, about ",
        ),
    ):
        assert what in run(words, False, True, UTF8, enough)[1], words
        # On a pipe nothing comes, for as long as it took there.
        begun = time.monotonic()
        late = run(words, False, False, UTF8, lambda seen: time.monotonic() - begun > 1.0)
        assert late[1] == "", words


TESTS = [
    a_map_is_for_terminals,
    colours_are_as_the_terminal_has_them,
    an_empty_no_color_is_none,
    kitty_gets_a_picture,
    the_option_decides_for_itself,
    progress_is_for_terminals_and_is_erased,
    a_verification_tells_what_it_counts,
]

failed = 0
for test in TESTS:
    try:
        test()
    except AssertionError as error:
        failed += 1
        print("FAIL", test.__name__, ascii(str(error))[:2000], "line", error.__traceback__.tb_next.tb_lineno)
print(f"terminal: {len(TESTS) - failed} passed, {failed} failed")
sys.exit(failed > 0)
