"""The screenshots of doc/reading-a-report.md: a drawn portrait, cropped to its face.

Usage: screenshots.py WARPCHECK BROWSER FOLDER DOC: pages and portrait go to the folder,
page-light.png and page-dark.png to DOC."""

import os
import struct
import subprocess
import sys
import zlib

import numpy as np

from browser import Browser

warpcheck, program, folder, doc = sys.argv[1:]
SIDE = 1024
CROP = "0.2394 0.0167 -77.5; -0.0167 0.2394 -57.5"
# Ellipses: centre, radii, softness of the edge, colour.
PARTS = [
    ((520, 1010), (330, 300), 0.03, (52, 72, 104)), ((516, 760), (80, 130), 0.03, (186, 140, 116)),
    ((512, 470), (210, 262), 0.03, (58, 44, 38)), ((516, 520), (168, 222), 0.03, (214, 168, 142)),
    ((450, 480), (34, 17), 0.03, (242, 240, 236)), ((450, 480), (15, 16), 0.03, (70, 90, 92)),
    ((450, 480), (7, 7), 0.03, (16, 18, 20)), ((450, 442), (46, 9), 0.2, (70, 52, 44)),
    ((586, 480), (34, 17), 0.03, (242, 240, 236)), ((586, 480), (15, 16), 0.03, (70, 90, 92)),
    ((586, 480), (7, 7), 0.03, (16, 18, 20)), ((586, 442), (46, 9), 0.2, (70, 52, 44)),
    ((518, 560), (20, 44), 0.5, (196, 148, 122)), ((518, 646), (58, 15), 0.2, (170, 84, 82)),
]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(path, pixels):
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                   chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def portrait():
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(float)
    light = np.exp(-((x - 820) ** 2 + (y - 180) ** 2) / 9e4)
    image = np.stack([118 + 46 * light, 128 + 44 * light, 136 + 40 * light], axis=2)
    for (cx, cy), (rx, ry), soft, colour in PARTS:
        part = np.clip((1 - np.hypot((x - cx) / rx, (y - cy) / ry)) / soft, 0, 1)[..., None]
        image = image * (1 - part) + np.array(colour) * part
    return np.clip(image, 0, 255).astype(np.uint8)


def main():
    write_png(os.path.join(folder, "photo.png"), portrait())
    subprocess.run([warpcheck, "coverage", "--image", "photo.png", "--matrix", CROP, "--output", "112x112", "--border",
                    "constant", "--what-if", "--quiet", "--html", "photo.html"], cwd=folder, check=True)
    browser = Browser(program, folder)
    for theme in ("light", "dark"):
        page = browser.open(os.path.join(folder, "photo.html"), theme=theme, width=1120, height=780)
        page.eval("scrollTo(0, 110)")
        for key in "jj":
            page.key(key)
        if theme == "dark":
            page.eval("wck.view.at = {x: 452, y: 480}; wck.view.zoomTo(44, 450.5, 480.5)")
            page.eval("document.getElementById('map').focus({preventScroll: true})")
            page.key("ArrowRight")
            page.eval("scrollTo(0, 110)")
        page.screenshot(os.path.join(doc, "page-%s.png" % theme))
        page.close()
    browser.close()


main()
