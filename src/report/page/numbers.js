/* The page's numbers: templates of class "numbers", taken apart by bytes and deflated. */
"use strict";
const wck = {};

(() => {
  function decode(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const letters = atob(text), bytes = new Uint8Array(letters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
    return bytes;
  }

  async function inflate(text) {
    const packed = decode(text);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  const view = new DataView(new ArrayBuffer(8));

  /* An array whose bytes stay apart: places[k] holds the k-th byte of every number. */
  class Numbers {
    constructor(template, bytes) {
      const kept = template.dataset.kept;
      this.size = Number(template.dataset.bytes);
      this.count = Number(template.dataset.count);
      this.places = new Array(this.size).fill(null);
      for (let k = 0; k < kept.length; k++) {
        this.places[Number(kept[k])] = bytes.subarray(k * this.count, (k + 1) * this.count);
      }
    }

    get(i) {
      for (let k = 0; k < this.size; k++) view.setUint8(k, this.places[k] ? this.places[k][i] : 0);
      if (this.size === 8) return view.getFloat64(0);
      return this.size === 4 ? view.getUint32(0) : view.getUint8(0);
    }

    /* The binary logarithm: of integers of four bytes, and of doubles by their upper 24
     * bits, which are enough for a colour.  -Infinity for 0, NaN for what is not finite. */
    logarithm() {
      const none = this.places.includes(null) ? new Uint8Array(this.count) : null;
      const [a, b, c, d] = this.places.map((place) => place || none);
      if (this.size === 4) return (i) => Math.log2(((a[i] * 256 + b[i]) * 256 + c[i]) * 256 + d[i]);
      const fraction = Float64Array.from({length: 4096}, (_, m) => Math.log2(1 + m / 4096));
      return (i) => {
        const exponent = (a[i] & 127) << 4 | b[i] >> 4;
        if (exponent === 0) return -Infinity;
        return exponent === 2047 ? NaN : exponent - 1023 + fraction[(b[i] & 15) << 8 | c[i]];
      };
    }
  }

  /* All of them by name; each template is thrown away once it is read. */
  wck.readNumbers = async () => {
    const read = {};
    for (const template of document.querySelectorAll("template.numbers")) {
      read[template.dataset.name] = new Numbers(template, await inflate(template.dataset.deflated));
      template.remove();
    }
    return read;
  };

  /* The fewest digits that read back as the same number, in single precision where it
   * is one of those. */
  wck.exact = (value) => {
    let short = value;
    for (let digits = 1; digits <= 9 && Math.fround(value) === value; digits++) {
      short = Number(value.toPrecision(digits));
      if (Math.fround(short) === value) break;
    }
    const small = short !== 0 && Math.abs(short) < 0.001;
    return small ? short.toExponential() : String(short);
  };

  wck.brief = (value) => {
    if (value === 0 || !Number.isFinite(value)) return String(value);
    const size = Math.abs(value);
    return size >= 0.001 && size < 10000 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
  };
})();
