/* The map: cells painted as large as the zoom says, hatches as large as they always are. */
(() => {
  const find = (id) => document.getElementById(id);
  const DECADES = 6 * Math.log2(10); /* the ramp's longest, as in the pictures */
  const HATCH = 8, HATCHED = 3, FAINT = 0.2, LETTERS = 14, VALUES = 46, MARGIN = 10;

  const parseColours = (text) => {
    const words = new Uint32Array(text.length / 6);
    for (let i = 0; i < words.length; i++) {
      const rgb = parseInt(text.slice(6 * i, 6 * i + 6), 16);
      words[i] = 255 << 24 | (rgb & 255) << 16 | (rgb & 0xff00) | rgb >> 16;
    }
    return words;
  };

  const channels = (word) => [word & 255, word >> 8 & 255, word >> 16 & 255];

  /* A hatch with its ink thinned towards its ground, which is the commoner colour. */
  const thin = (hatch) => {
    const ground = hatch.slice().sort()[hatch.length >> 1], from = channels(ground);
    return {ground, faint: hatch.map((word) => {
      const mixed = channels(word).map((ink, i) => Math.round(from[i] + FAINT * (ink - from[i])));
      return 255 << 24 | mixed[2] << 16 | mixed[1] << 8 | mixed[0];
    })};
  };

  wck.View = class {
    constructor(numbers, legend) {
      this.map = find("map");
      this.base = find("layer");
      this.marks = find("marks");
      const data = this.map.dataset;
      this.width = Number(data.width);
      this.height = Number(data.height);
      this.block = Number(data.block);
      this.frame = data.frame ? data.frame.split(" ").map(Number) : null;
      this.numbers = numbers;
      this.legend = legend;
      this.codes = numbers.state.places[0] || new Uint8Array(this.width * this.height);
      this.colours = {};
      this.thin = {};
      for (const code in legend) {
        this.colours[code] = parseColours(legend[code].colours);
        this.thin[code] = thin(this.colours[code]);
      }
      this.ramp = this.colours[0];
      this.layers = {};
      this.layer = "reason";
      this.at = {x: this.width >> 1, y: this.height >> 1};
      this.region = null;
      this.image = find("image");
      this.opacity = 1;
      this.split = 0;
      this.flipped = false;
      this.zoom = 1;
      this.centre = {x: this.width / 2, y: this.height / 2};
    }

    /* The levels of a layer: 0 for none, 1 .. 255 along the ramp. */
    level(name) {
      if (this.layers[name]) return this.layers[name];
      const log = this.numbers[name].logarithm(), count = this.width * this.height;
      const covered = name === "magnitude";
      let low = Infinity, high = -Infinity;
      for (let i = 0; i < count; i++) {
        const l = log(i);
        if (!Number.isFinite(l) || (covered && this.codes[i] !== 0)) continue;
        if (l < low) low = l;
        if (l > high) high = l;
      }
      low = Math.max(low, high - DECADES);
      const levels = new Uint8Array(count), length = high - low;
      for (let i = 0; i < count; i++) {
        const l = log(i);
        if (l === -Infinity || (l !== l && covered)) continue;
        const along = length > 0 ? Math.min(1, Math.max(0, (l - low) / length)) : 1;
        levels[i] = l !== l ? 255 : 1 + Math.round(254 * along);
      }
      return this.layers[name] = {levels, low: 2 ** low, high: 2 ** high, any: high > -Infinity};
    }

    resize() {
      const width = this.map.clientWidth;
      if (width === 0) return; /* it is not shown, as in print */
      const most = Math.max(280, Math.min(720, innerHeight * 0.72));
      const height = Math.max(180, Math.min(most, Math.ceil(width * this.height / this.width)));
      this.map.style.height = height + "px";
      this.ratio = devicePixelRatio || 1;
      for (const canvas of [this.base, this.marks]) {
        canvas.width = Math.round(width * this.ratio);
        canvas.height = Math.round(height * this.ratio);
      }
      this.fit = Math.min((width - 2 * MARGIN) / this.width, (height - 2 * MARGIN) / this.height);
      if (this.fit >= 3) this.fit = Math.floor(this.fit * this.ratio) / this.ratio;
      this.place();
    }

    /* Device pixels a cell, and where cell (0, 0) begins; the map never leaves the view. */
    place() {
      this.scale = this.fit * this.zoom * this.ratio;
      const hold = (centre, cells, pixels) => {
        const half = pixels / 2 / this.scale;
        return cells < 2 * half ? cells / 2 : Math.min(cells - half, Math.max(half, centre));
      };
      this.centre.x = hold(this.centre.x, this.width, this.base.width);
      this.centre.y = hold(this.centre.y, this.height, this.base.height);
      this.left = Math.round(this.base.width / 2 - this.centre.x * this.scale);
      this.top = Math.round(this.base.height / 2 - this.centre.y * this.scale);
      this.draw();
    }

    zoomTo(zoom, x, y) {
      const most = Math.max(1, 96 / this.fit);
      const next = Math.min(most, Math.max(1, zoom)), part = this.zoom / next;
      this.centre.x = x + (this.centre.x - x) * part;
      this.centre.y = y + (this.centre.y - y) * part;
      this.zoom = next;
      this.place();
    }

    pan(dx, dy) {
      this.centre.x -= dx * this.ratio / this.scale;
      this.centre.y -= dy * this.ratio / this.scale;
      this.place();
    }

    /* Brings the cursor into the view. */
    follow() {
      const reach = (centre, at, pixels) => {
        const half = pixels / 2 / this.scale - 1;
        return half < 1 ? at + 0.5 : Math.min(at + half, Math.max(at + 1 - half, centre));
      };
      const x = reach(this.centre.x, this.at.x, this.base.width);
      const y = reach(this.centre.y, this.at.y, this.base.height);
      if (x === this.centre.x && y === this.centre.y) return this.drawMarks();
      this.centre = {x, y};
      this.place();
    }

    /* Shows a box of cells with as much again around it. */
    show(box) {
      const wide = 2 * (box.right - box.left + 1) + 4, high = 2 * (box.bottom - box.top + 1) + 4;
      const css = Math.min(this.map.clientWidth / wide, this.map.clientHeight / high);
      this.zoom = Math.max(1, Math.min(24, css) / this.fit);
      this.centre = {x: (box.left + box.right + 1) / 2, y: (box.top + box.bottom + 1) / 2};
      if (box.right - box.left > this.width / 2 || box.bottom - box.top > this.height / 2) this.zoom = 1;
      this.place();
      this.follow();
    }

    cellAt(clientX, clientY) {
      const box = this.base.getBoundingClientRect();
      const x = Math.floor(((clientX - box.left) * this.ratio - this.left) / this.scale);
      const y = Math.floor(((clientY - box.top) * this.ratio - this.top) / this.scale);
      return {x: Math.max(0, Math.min(this.width - 1, x)), y: Math.max(0, Math.min(this.height - 1, y))};
    }

    /* The cell that a view's pixel shows: of several a fault, else a covered one, else
     * any; of equals the one of the highest level. */
    choose(x0, x1, y0, y1, levels, reasons) {
      let best = y0 * this.width + x0, key = -1;
      for (let y = y0; y < y1; y++) {
        for (let x = x0, i = y * this.width + x0; x < x1; x++, i++) {
          const mine = (reasons ? this.rank[this.codes[i]] : 0) + levels[i];
          if (mine > key) {
            key = mine;
            best = i;
          }
        }
      }
      return best;
    }

    paint() {
      const reasons = this.layer === "reason", {levels} = this.level(reasons ? "magnitude" : this.layer);
      const wide = this.base.width, high = this.base.height;
      const picture = new ImageData(wide, high), words = new Uint32Array(picture.data.buffer);
      const first = Math.max(1, Math.round(this.ratio));
      const span = (edge, size, pixels) => Array.from({length: pixels + 1}, (_, i) =>
        Math.max(0, Math.min(size, Math.floor((i - edge) / this.scale))));
      const xs = span(this.left, this.width, wide), ys = span(this.top, this.height, high);
      const x1 = Math.min(wide, Math.ceil(this.left + this.width * this.scale));
      const y1 = Math.min(high, Math.ceil(this.top + this.height * this.scale));
      if (!this.rank) {
        this.rank = new Uint16Array(256);
        for (const code in this.legend) this.rank[code] = this.legend[code].fault ? 1024 - 8 * code << 4 : 0;
        this.rank[0] = 256;
      }
      const empty = this.empty, codes = this.codes, single = this.scale >= 1;
      /* A full hatch would hide single covered pixels among skipped ones. */
      const hatched = this.scale >= HATCHED * first;
      for (let v = Math.max(0, this.top); v < y1; v++) {
        const tile = (Math.floor((v - this.top) / first) % HATCH) * HATCH, row = ys[v] * this.width;
        for (let u = Math.max(0, this.left); u < x1; u++) {
          const i = single ? row + xs[u] : this.choose(xs[u], Math.max(xs[u] + 1, xs[u + 1]), ys[v],
            Math.max(ys[v] + 1, ys[v + 1]), levels, reasons);
          const code = codes[i];
          if (reasons && code !== 0) {
            const hatch = hatched ? this.colours[code] : this.thin[code].faint;
            words[v * wide + u] = hatch[tile + Math.floor((u - this.left) / first) % HATCH];
          } else {
            words[v * wide + u] = levels[i] === 0 ? empty : this.ramp[levels[i]];
          }
        }
      }
      return picture;
    }

    drawImage(context) {
      const image = this.image;
      context.imageSmoothingEnabled = this.scale * this.width < image.naturalWidth;
      context.drawImage(image, this.left, this.top, this.width * this.scale, this.height * this.scale);
    }

    draw() {
      const context = this.base.getContext("2d"), style = getComputedStyle(this.map);
      const tone = parseColours(style.getPropertyValue("--empty").trim().slice(1));
      this.empty = tone[0];
      context.clearRect(0, 0, this.base.width, this.base.height);
      if (this.image) this.drawImage(context);
      if (!this.flipped) {
        const layer = new OffscreenCanvas(this.base.width, this.base.height);
        layer.getContext("2d").putImageData(this.paint(), 0, 0);
        const from = Math.max(0, Math.round(this.left + this.split * this.width * this.scale));
        context.globalAlpha = this.image ? this.opacity : 1;
        if (from < layer.width)
          context.drawImage(layer, this.split > 0 ? from : 0, 0, layer.width, layer.height,
            this.split > 0 ? from : 0, 0, layer.width, layer.height);
        context.globalAlpha = 1;
        this.drawWords(context);
      }
      this.drawMarks();
    }

    /* Letters in the cells, and, closer by, the layer's number. */
    drawWords(context) {
      const css = this.scale / this.ratio;
      if (css < LETTERS || this.opacity < 0.5) return;
      const x1 = Math.min(this.width, Math.ceil((this.base.width - this.left) / this.scale));
      const y1 = Math.min(this.height, Math.ceil((this.base.height - this.top) / this.scale));
      const name = this.layer === "reason" ? "magnitude" : this.layer;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.font = "600 " + 11 * this.ratio + "px ui-monospace, monospace";
      for (let y = Math.max(0, Math.floor(-this.top / this.scale)); y < y1; y++) {
        for (let x = Math.max(0, Math.floor(-this.left / this.scale)); x < x1; x++) {
          const i = y * this.width + x, code = this.codes[i];
          const shown = this.layer === "reason" && code !== 0;
          if (!shown && css < VALUES) continue;
          const word = shown ? this.legend[code].letter : wck.brief(this.numbers[name].get(i));
          const u = this.left + (x + 0.5) * this.scale, v = this.top + (y + 0.5) * this.scale;
          const wide = context.measureText(word).width + 4 * this.ratio;
          context.fillStyle = "#fff";
          context.fillRect(u - wide / 2, v - 6.5 * this.ratio, wide, 13 * this.ratio);
          context.fillStyle = "#1b2230";
          context.fillText(word, u, v + this.ratio / 2);
        }
      }
    }

    outline(context, box, colour) {
      for (const [wide, stroke] of [[4, "#fff"], [2, colour]]) {
        context.lineWidth = wide * this.ratio;
        context.strokeStyle = stroke;
        context.strokeRect(this.left + box.left * this.scale, this.top + box.top * this.scale,
          (box.right - box.left + 1) * this.scale, (box.bottom - box.top + 1) * this.scale);
      }
    }

    drawFrame(context) {
      const f = this.frame, to = (p, edge) => edge + (p + 0.5) / this.block * this.scale;
      context.beginPath();
      for (let i = 0; i < 8; i += 2) context.lineTo(to(f[i], this.left), to(f[i + 1], this.top));
      context.closePath();
      for (const [wide, stroke, dash] of [[3, "#fff", []], [1.5, "#111", [6, 4]]]) {
        context.setLineDash(dash.map((d) => d * this.ratio));
        context.lineWidth = wide * this.ratio;
        context.strokeStyle = stroke;
        context.stroke();
      }
      context.setLineDash([]);
    }

    drawMarks() {
      const context = this.marks.getContext("2d"), {x, y} = this.at;
      context.clearRect(0, 0, this.marks.width, this.marks.height);
      if (this.frame) this.drawFrame(context);
      if (this.region) this.outline(context, this.region, "#c026d3");
      const grow = Math.max(0, 5 * this.ratio / this.scale - 1) / 2;
      this.outline(context, {left: x - grow, right: x + grow, top: y - grow, bottom: y + grow}, "#111");
    }
  };
})();
