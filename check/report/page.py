"""The page of a coverage in a browser: what the pointer and the keys bring up, both
themes, no script, hostile names, and a map of 16 million pixels.

Usage: page.py WARPCHECK BROWSER FOLDER, the folder empty; with EVERY in the environment
the large map is left out."""

import csv
import json
import os
import struct
import subprocess
import sys
import zlib

from browser import Browser

warpcheck, program, folder = sys.argv[1:]
STORY = ["--image", "64x64x3", "--matrix", "1 0 10; 0 1 20", "--output", "64x64", "--border", "replicate"]
CROP = ["--matrix", "0.21 0.02 -9.5; -0.02 0.21 -8.25", "--output", "28x24", "--layout", "HWC"]
HOSTILE = "\"><img src=x onerror='hit=1'></title><script>hit=2<\\script>&amp;\u202e\u00e9\u2603 .png"
BYTES = 16 << 20  # of the page of a large map; a browser takes such at once
TABLE_ROWS = "document.querySelectorAll('#regions tbody tr')"


def make(name, *options, status=0):
    """Writes a page, and returns its path."""
    path = os.path.join(folder, name)
    done = subprocess.run([warpcheck, "coverage", *options, "--quiet", "--html", path], cwd=folder,
                          stderr=subprocess.PIPE, text=True)
    assert done.returncode == status, (options, done.returncode, done.stderr)
    return path


def picture(name, width, height):
    """A PNG of red and blue stripes, eight pixels each."""
    rows = b"".join(b"\0" + b"".join(b"\xf0\x10\x10" if x // 8 % 2 else b"\x10\x20\xe0" for x in range(width))
                    for _ in range(height))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    with open(os.path.join(folder, name), "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                   chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return name


def array(name, numbers, shape):
    """An .npy of doubles."""
    head = "{'descr': '<f8', 'fortran_order': False, 'shape': (%s,), }" % ", ".join(map(str, shape))
    head = head.encode().ljust(117) + b"\n"
    with open(os.path.join(folder, name), "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + struct.pack("<%dd" % len(numbers), *numbers))
    return name


def spot(page, x, y):
    """Where the middle of a cell is on the screen."""
    return page.eval("(() => { const v = wck.view, b = v.base.getBoundingClientRect(); return ["
                     "b.left + (v.left + (%g + 0.5) * v.scale) / v.ratio, b.top + (v.top + (%g + 0.5) * v.scale) / v.ratio]; })()" % (x, y))


def hover(page, x, y):
    page.eval("document.getElementById('map').scrollIntoView({block: 'center'})")
    page.point(*spot(page, x, y))
    page.eval("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def colour(page, x, y):
    """Of the map, in the middle of a cell."""
    return page.eval("(() => { const v = wck.view; return Array.from(v.base.getContext('2d').getImageData("
                     "v.left + (%g + 0.5) * v.scale, v.top + (%g + 0.5) * v.scale, 1, 1).data); })()" % (x, y))[:3]


def shows(page, selector):
    return page.eval("(() => { const e = document.querySelector(%s); return e !== null && e.getClientRects().length > 0; })()" %
                     json.dumps(selector))


def same(got, want):
    assert got == want, "%r, not %r" % (got, want)


def has(text, *parts):
    for part in parts:
        assert part in text, "no %r in %r" % (part, text)


def a_dead_pixel_says_why_and_what_would_revive_it(browser):
    page = browser.open(make("story.html", *STORY, "--what-if"))
    hover(page, 60, 7)
    same(page.text("at"), "x 60, y 7")
    same(page.text("state"), "out-of-view")
    has(page.text("meaning"), "lies outside the output's frame")
    has(page.text("remedy"), "a larger output")
    has(page.text("remedies"), "border wrap", "output 84x74", "--output 84x74")
    assert "jitter" not in page.text("remedies")
    same(page.text("readers"), "No output lists it.")
    hover(page, 54, 7)
    same(page.text("state"), "zero-weight")
    has(page.text("remedies"), "jitter of 1/4 pixel", "straight-through (a surrogate)")
    same(page.text("reads"), "2 outputs")
    hover(page, 32, 32)
    same(page.text("state"), "covered")
    assert not shows(page, "#revive")
    has(page.text("readers"), "output (42, 52)  weight 1", "output (41, 51)  weight 0")
    return page


def the_readout_is_exact(browser):
    page = browser.open(make("exact.html", "--image", picture("exact.png", 96, 80), *CROP, "--csv",
                             os.path.join(folder, "exact.csv")))
    has(page.eval("document.getElementById('arrays').href"), "/exact.csv")
    with open(os.path.join(folder, "exact.csv"), newline="") as file:
        rows = {(int(row["x"]), int(row["y"])): row for row in csv.DictReader(file)}
    covered = [at for at, row in rows.items() if row["reason"] == "covered"]
    assert len(covered) > 200, len(covered)
    for at in [covered[0], covered[len(covered) // 3], covered[-1], (0, 0), (95, 79)]:
        hover(page, *at)
        row = rows[at]
        same(page.text("state"), row["reason"])
        same(struct.pack("f", float(page.text("magnitude"))), struct.pack("f", float(row["magnitude"])))
        same(float(page.text("weight")), float(row["weight"]))
        same(page.text("reads").split()[0], row["reads"])
    return page


def an_image_that_nothing_reads_is_all_of_one_reason(browser):
    page = browser.open(make("away.html", "--image", "12x9", "--matrix", "1 0 50; 0 1 50", "--output", "8x8",
                             "--border", "constant"))
    for key in "234":
        page.key(key)
        same((page.text("low"), page.text("high")), ("none", "none"))
        same(colour(page, 5.4, 5.4), [0xe6, 0xe9, 0xee])
    page.key("j")
    same((page.text("state"), page.text("reads"), page.text("weight")), ("out-of-view", "0 outputs", "0"))
    has(page.text("said"), "Region 1 of 1")
    return page


def keys_go_from_region_to_region(browser):
    page = browser.open(os.path.join(folder, "story.html"))
    same(page.eval(TABLE_ROWS + ".length"), 2)
    for key, at, reason in (("j", 0, "out-of-view"), ("j", 1, "zero-weight"), ("j", 0, "out-of-view"),
                            ("k", 1, "zero-weight"), ("k", 0, "out-of-view")):
        page.key(key)
        same(page.eval("Array.from(%s, (row) => row.getAttribute('aria-current'))" % TABLE_ROWS),
             ["true", None] if at == 0 else [None, "true"])
        same(page.text("state"), reason)
        has(page.text("said"), "Region %d of 2" % (at + 1), reason)
    page.eval(TABLE_ROWS + "[1].querySelector('a').click()")
    same(page.text("state"), "zero-weight")
    page.eval("document.getElementById('map').focus()")
    page.key("Home")
    page.key("PageUp")
    page.key("ArrowRight")
    page.key("ArrowDown", shift=True)
    same(page.text("at"), "x 1, y 10")
    has(page.text("said"), "x 1, y 10: covered")
    page.key("?")
    assert page.eval("document.getElementById('help').open")
    page.key("j")
    same(page.text("at"), "x 1, y 10")
    page.key("Escape")
    assert not page.eval("document.getElementById('help').open")
    page.eval("document.getElementById('single').checked = false")
    page.key("j")
    same(page.text("at"), "x 1, y 10")
    return page


def layers_flip_and_slider_change_the_map(browser):
    page = browser.open(os.path.join(folder, "exact.html"))
    page.eval("document.getElementById('opacity').value = 100; document.getElementById('opacity').dispatchEvent(new Event('input'))")
    assert colour(page, 2, 4)[2] < 200  # out of view, grey, before the image's blue
    page.key("f")
    same(colour(page, 2, 4), [0x10, 0x20, 0xe0])
    same(colour(page, 12, 4), [0xf0, 0x10, 0x10])
    same(page.eval("document.getElementById('flip').getAttribute('aria-pressed')"), "true")
    page.key("f")
    page.eval("document.getElementById('split').value = 50; document.getElementById('split').dispatchEvent(new Event('input'))")
    same(colour(page, 2, 4), [0x10, 0x20, 0xe0])
    assert colour(page, 90, 4) != [0xf0, 0x10, 0x10] and colour(page, 90, 4) != [0x10, 0x20, 0xe0]
    page.eval("document.getElementById('split').value = 0; document.getElementById('split').dispatchEvent(new Event('input'))")
    seen = []
    for key, name in (("2", "magnitude"), ("3", "reads"), ("4", "weight"), ("1", "reason")):
        page.key(key)
        same(page.eval("document.querySelector('input[name=layer]:checked').value"), name)
        seen.append((page.text("low"), page.text("high"), page.text("ramp-says")))
    same(len(set(seen)), 4)
    page.key("2")
    same(colour(page, 2, 4), [0xe6, 0xe9, 0xee])
    return page


def zoom_shows_letters_and_numbers_in_the_cells(browser):
    page = browser.open(os.path.join(folder, "story.html"))
    hover(page, 60, 7)
    white = "(() => { const v = wck.view, s = Math.floor(v.scale), d = v.base.getContext('2d').getImageData(" \
            "v.left + 60 * v.scale, v.top + 7 * v.scale, s, s).data; let n = 0; for (let i = 0; i < d.length; i += 4)" \
            "n += d[i] + d[i + 1] + d[i + 2] === 765; return n; })()"
    same(page.eval(white), 0)
    scale = page.eval("wck.view.scale")
    for _ in range(4):
        page.key("+")
    assert page.eval("wck.view.scale") > 8 * scale
    assert page.eval(white) > 20
    same(page.text("at"), "x 60, y 7")
    page.key("0")
    same(page.eval("wck.view.scale"), scale)
    return page


def a_lost_gradient_has_its_error_and_stands_first(browser):
    size = 96 * 80 * 3
    lost = array("lost.npy", [0.0] * size, (80, 96, 3))
    page = browser.open(make("lost.html", "--gradient", lost, *CROP, "--loss", "sum", status=1))
    has(page.eval("document.querySelector('.fault').textContent"), "lost-in-backward")
    has(page.eval("document.querySelector('.fault').textContent"), "\u2192 keep the warp on the differentiable path.")
    page.key("j")
    same(page.text("state"), "lost-in-backward")
    assert float(page.text("error")) > 0.0
    same(page.text("magnitude"), "0")
    same(page.text("remedy"), "keep the warp on the differentiable path.")
    page.key("5")
    same(page.eval("document.querySelector('input[name=layer]:checked').value"), "error")
    return page


def a_set_of_warps_has_a_page_too(browser):
    page = browser.open(make("set.html", "--image", "90x80", "--random", "20", "--rotate=-9:9", "--shift=-20:20",
                             "--output", "20x30"))
    hover(page, 15, 20)
    same(page.text("state"), "covered")
    assert 0.0 < float(page.text("magnitude")) <= 1.0
    has(page.text("readers"), "pages of one warp")
    for key in "j234":
        page.key(key)
    assert page.text("state") != "covered"
    has(page.text("remedy"), "Add --what-if")
    return page


# Every text against what is behind it, by WCAG 2: the luminances of sRGB, (a + 0.05)/(b + 0.05).
CONTRASTS = """(() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)]; return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); };
  const found = [];
  for (const e of document.querySelectorAll("body *")) {
    if (!e.getClientRects().length || e.closest(".unseen, template, script")) continue;
    const style = getComputedStyle(e);
    if (Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.data.trim()))
      found.push(["text", e.tagName + "." + e.className + ": " + e.textContent.trim().slice(0, 30), contrast(parse(style.color), behind(e))]);
    if (e.matches("button, fieldset span"))
      found.push(["edge", e.tagName + " " + e.textContent, contrast(parse(style.borderTopColor), behind(e.parentElement))]);
  }
  return found;
})()"""


def both_themes_have_contrast(browser):
    backs = {}
    for name in ("story.html", "lost.html"):
        for theme in ("light", "dark"):
            page = browser.open(os.path.join(folder, name), theme=theme, still=True)
            page.key("j")
            found = page.eval(CONTRASTS)
            assert len(found) > 60, len(found)
            for kind, what, contrast in found:
                assert contrast >= (4.5 if kind == "text" else 3.0), (name, theme, kind, what, contrast)
            backs[theme] = page.eval("getComputedStyle(document.body).backgroundColor")
            page.key("t")
            other = page.eval("getComputedStyle(document.body).backgroundColor")
            assert other != backs[theme]
            for kind, what, contrast in page.eval(CONTRASTS):
                assert contrast >= (4.5 if kind == "text" else 3.0), (name, theme, "turned", what, contrast)
            if theme == "dark":
                same(other, backs["light"])
            page.close()
    return None


def the_focus_shows_and_nothing_moves_where_that_is_asked_for(browser):
    page = browser.open(os.path.join(folder, "story.html"), still=True)
    same(page.eval("getComputedStyle(document.getElementById('theme')).transitionDuration"), "0s")
    reached = []
    for _ in range(11):
        page.key("Tab")
        reached.append(page.eval("document.activeElement.id || document.activeElement.className || document.activeElement.value"))
        wide = page.eval("(() => { const e = document.activeElement, s = getComputedStyle("
                         "e.type === 'radio' ? e.nextElementSibling : e); return s.outlineStyle === 'none' ? 0 : parseFloat(s.outlineWidth); })()")
        assert wide >= 2, (reached[-1], wide)
    for name in ("skip", "keys", "theme", "reason", "zoom-in", "map", "regions", "jump"):
        assert name in reached, (name, reached)
    return page


def it_fits_a_phone_and_paper(browser):
    for width in (320, 390):
        page = browser.open(os.path.join(folder, "exact.html"), width=width, height=800, ratio=2)
        assert page.eval("document.documentElement.scrollWidth") <= width
        assert page.eval("document.getElementById('map').clientWidth") > 0.8 * width
        page.close()
        page = browser.open(os.path.join(folder, "story.html"), width=width, height=800, ratio=2)
        assert page.eval("document.documentElement.scrollWidth") <= width
        for table in ("reasons", "regions", "what-ifs"):  # what to do is there without scrolling aside
            cells = "Array.from(document.querySelectorAll('#%s td.words')).filter((e) => e.textContent)" % table
            assert page.eval(cells + ".length") > 1, table
            assert page.eval("Math.max(...%s.map((e) => e.getBoundingClientRect().right))" % cells) <= width, table
        has(page.eval("getComputedStyle(document.querySelector('#reasons td.number'), '::after').content"), "pixels")
        page.close()
    page = browser.open(os.path.join(folder, "story.html"), theme="dark")
    page.call("Emulation.setEmulatedMedia", media="print")
    assert shows(page, "#cells") and not shows(page, "#map") and not shows(page, "button")
    same(page.eval("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
    return page


def without_script_the_page_says_it_in_pictures_and_tables(browser):
    page = browser.open(os.path.join(folder, "story.html"), script=False)
    assert shows(page, "#cells") and not shows(page, "#map") and not shows(page, "#readout") and not shows(page, "button")
    has(page.eval("document.querySelector('main').innerText"), "With JavaScript", "out-of-view", "zero-weight", "1621",
        "2 regions", "border wrap")
    for table in ("#regions table", "#reasons"):
        assert page.eval("document.querySelector(%s).tHead !== null || document.querySelector(%s).querySelectorAll('th[scope=col]').length > 0"
                         % (json.dumps(table), json.dumps(table)))
    same(page.eval("document.querySelectorAll('img:not([alt])').length"), 0)
    return page


def hostile_names_stay_text(browser):
    os.makedirs(os.path.dirname(os.path.join(folder, HOSTILE)))
    picture(HOSTILE, 96, 80)
    array(HOSTILE + ".npy", [0.0] * (96 * 80 * 3), (80, 96, 3))
    page = browser.open(make("hostile.html", "--image", HOSTILE, "--gradient", HOSTILE + ".npy", *CROP, "--loss", "sum",
                             "--csv", folder + "/javascript:hit=3;\"<b>.csv", status=1))
    same(page.eval("typeof hit"), "undefined")
    same(page.eval("document.scripts.length"), 1)
    same(page.eval("document.querySelectorAll('img:not([src^=\"data:image/png\"])').length"), 0)
    same(page.eval("document.querySelectorAll('[onerror], [onload], [onclick], b b, iframe, object').length"), 0)
    has(page.eval("document.title"), HOSTILE)
    has(page.eval("document.querySelector('.name').textContent"), HOSTILE)
    has(page.text("command"), "javascript:hit=3")
    has(page.eval("document.querySelector('.facts').textContent"), HOSTILE + ".npy")
    link = page.eval("document.getElementById('arrays').href")
    assert link.startswith("file://" + folder), link
    page.eval("document.getElementById('copy').click()")
    for key in "jk23451":
        page.key(key)
    page.eval("new Promise((done) => setTimeout(done, 50))")
    same(page.eval("typeof hit"), "undefined")
    return page


def a_map_of_sixteen_million_pixels_is_usable(browser):
    path = make("large.html", "--image", "4096x4096", "--layout", "HW", "--matrix",
                "0.29 0.03 10.3; -0.03 0.29 60.7", "--output", "1200x1200")
    size = os.path.getsize(path)
    assert 10000 < size <= BYTES, size
    page = browser.open(path)
    assert page.load_seconds < 30, page.load_seconds
    same(page.eval("wck.view.block"), 1)
    hover(page, 100, 100)
    assert page.text("at").startswith("x "), page.text("at")
    took = page.eval("(() => { const t = performance.now(), b = document.getElementById('map'), r = b.getBoundingClientRect();"
                     "for (let i = 0; i < 50; i++) b.dispatchEvent(new PointerEvent('pointermove', {clientX: r.left + r.width / 2 + i,"
                     "clientY: r.top + 99})); return (performance.now() - t) / 50; })()")
    assert took < 50, "%g ms for one move of the pointer" % took
    page.key("j")
    same(page.text("state"), "skipped")
    for _ in range(12):
        page.key("+")
    assert page.eval("wck.view.scale") > 60
    print("page: the page of 4096x4096 has %.1f MB, opened in %.1f s, follows the pointer in %.1f ms" %
          (size / 1e6, page.load_seconds, took))
    return page


TESTS = [
    a_dead_pixel_says_why_and_what_would_revive_it, the_readout_is_exact,
    an_image_that_nothing_reads_is_all_of_one_reason, keys_go_from_region_to_region,
    layers_flip_and_slider_change_the_map, zoom_shows_letters_and_numbers_in_the_cells,
    a_lost_gradient_has_its_error_and_stands_first, a_set_of_warps_has_a_page_too, both_themes_have_contrast,
    the_focus_shows_and_nothing_moves_where_that_is_asked_for, it_fits_a_phone_and_paper,
    without_script_the_page_says_it_in_pictures_and_tables, hostile_names_stay_text,
    a_map_of_sixteen_million_pixels_is_usable,
]


def run(test, browser):
    """One test; its page must have asked for nothing else, and complained of nothing."""
    try:
        page = test(browser)
        if page is not None:
            same(page.complaints(), [])
            same(len(page.requests()), 1)
            page.close()
        return True
    except (AssertionError, RuntimeError) as error:
        print("FAIL %s: %s" % (test.__name__, error))
        return False


def main():
    tests = [test for test in TESTS if not (os.environ.get("EVERY") and test is TESTS[-1])]
    browser = Browser(program, folder)
    try:
        passed = sum(run(test, browser) for test in tests)
    finally:
        browser.close()
    print("page: %d passed, %d failed, %d left out" % (passed, len(tests) - passed, len(TESTS) - len(tests)))
    return passed != len(tests)


sys.exit(main())
