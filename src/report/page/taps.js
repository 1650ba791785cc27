/* The taps of a pixel: drawn from the input, above, to the output samples that read it. */
(() => {
  const find = (id) => document.getElementById(id);
  const ACROSS = 11, HALF = 5, LISTED = 6;

  /* For every cell the taps on its pixels: those from first[cell] up to first[cell + 1]
   * of `order`, which holds their places in the list. */
  function invert(numbers, cellOf, cells) {
    const count = numbers.pixel.count, first = new Uint32Array(cells + 1);
    for (let t = 0; t < count; t++) first[cellOf(numbers.pixel.get(t)) + 1]++;
    for (let i = 0; i < cells; i++) first[i + 1] += first[i];
    const order = new Uint32Array(count), next = first.slice(), sample = new Uint32Array(count);
    for (let s = 0, t = 0; t < count; t++) {
      while (t >= numbers.start.get(s + 1)) s++;
      sample[t] = s;
      order[next[cellOf(numbers.pixel.get(t))]++] = t;
    }
    return {first, order, sample};
  }

  wck.Taps = class {
    constructor(view, numbers) {
      const data = view.map.dataset, width = Number(data.imageWidth), block = view.block;
      this.view = view;
      this.numbers = numbers;
      this.across = Number(data.outputWidth);
      this.down = Number(data.outputHeight);
      this.there = Boolean(numbers.pixel && numbers.start);
      if (!this.there) return;
      const cellOf = (p) => Math.floor(Math.floor(p / width) / block) * view.width + Math.floor(p % width / block);
      Object.assign(this, invert(numbers, cellOf, view.width * view.height));
    }

    /* The output samples that list the cell, the heaviest first. */
    readers(x, y) {
      const cell = y * this.view.width + x, list = [];
      for (let i = this.first[cell]; i < this.first[cell + 1]; i++) {
        const tap = this.order[i], sample = this.sample[tap];
        const weight = this.numbers.tap ? this.numbers.tap.get(tap) : 0;
        list.push({x: sample % this.across, y: Math.floor(sample / this.across), weight});
      }
      return list.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    }

    show(at) {
      const list = find("readers"), canvas = find("taps");
      list.replaceChildren();
      canvas.hidden = !this.there;
      const say = (text) => {
        const item = document.createElement("li");
        item.textContent = text;
        list.append(item);
      };
      if (!this.there) return say("Taps are in pages of one warp with at most 262144 of them.");
      const readers = this.readers(at.x, at.y);
      this.draw(canvas, at, readers);
      if (readers.length === 0) say("No output lists it.");
      for (const r of readers.slice(0, LISTED)) say("output (" + r.x + ", " + r.y + ")  weight " + wck.exact(r.weight));
      if (readers.length > LISTED) say("and " + (readers.length - LISTED) + " more");
    }

    draw(canvas, at, readers) {
      const view = this.view, ratio = view.ratio, wide = canvas.clientWidth;
      const side = Math.floor(wide / (2 * ACROSS + 3)), gap = 3 * side;
      canvas.width = wide * ratio;
      canvas.height = (ACROSS * side + 2) * ratio;
      const context = canvas.getContext("2d"), style = getComputedStyle(view.map);
      context.scale(ratio, ratio);
      const line = style.getPropertyValue("--line"), soft = style.getPropertyValue("--empty");
      const corner = (p) => 1 + p * side;
      for (let v = 0; v < ACROSS; v++) {
        for (let u = 0; u < ACROSS; u++) {
          const x = at.x + u - HALF, y = at.y + v - HALF;
          if (x < 0 || y < 0 || x >= view.width || y >= view.height) continue;
          context.fillStyle = this.tone(y * view.width + x);
          context.fillRect(corner(u), corner(v), side - 1, side - 1);
        }
      }
      context.strokeStyle = style.getPropertyValue("--ink");
      context.lineWidth = 2;
      context.strokeRect(corner(HALF) - 1, corner(HALF) - 1, side + 1, side + 1);
      /* The output around the heaviest reader, or its upper left where there is none. */
      const about = readers[0] || {x: HALF, y: HALF}, shift = ACROSS * side + gap;
      for (let v = 0; v < ACROSS; v++) {
        for (let u = 0; u < ACROSS; u++) {
          const x = about.x + u - HALF, y = about.y + v - HALF;
          if (x < 0 || y < 0 || x >= this.across || y >= this.down) continue;
          context.fillStyle = soft;
          context.fillRect(shift + corner(u), corner(v), side - 1, side - 1);
        }
      }
      const accent = style.getPropertyValue("--accent");
      for (const r of readers) {
        const u = r.x - about.x + HALF, v = r.y - about.y + HALF;
        if (u < 0 || v < 0 || u >= ACROSS || v >= ACROSS) continue;
        const none = r.weight === 0;
        context.strokeStyle = context.fillStyle = none ? style.getPropertyValue("--soft") : accent;
        context.lineWidth = none ? 1 : 1 + 2 * Math.min(1, Math.abs(r.weight));
        context.setLineDash(none ? [3, 3] : []);
        context.beginPath();
        context.moveTo(corner(HALF) + side / 2, corner(HALF) + side / 2);
        context.lineTo(shift + corner(u) + side / 2, corner(v) + side / 2);
        context.stroke();
        context.setLineDash([]);
        if (none) context.strokeRect(shift + corner(u) + 0.5, corner(v) + 0.5, side - 2, side - 2);
        else context.fillRect(shift + corner(u), corner(v), side - 1, side - 1);
      }
    }

    tone(cell) {
      const view = this.view, code = view.codes[cell];
      const word = code === 0 ? view.ramp[view.level("magnitude").levels[cell]] : view.thin[code].ground;
      return "rgb(" + (word & 255) + " " + (word >> 8 & 255) + " " + (word >> 16 & 255) + ")";
    }
  };
})();
