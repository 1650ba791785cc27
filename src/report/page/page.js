"use strict";
(function () {
  var root = document.documentElement;
  var find = function (id) { return document.getElementById(id); };
  var map = find("map"), cells = find("cells"), cursor = find("cursor");
  var width = Number(map.dataset.width), height = Number(map.dataset.height);
  var block = Number(map.dataset.block);
  var imageWidth = Number(map.dataset.imageWidth), imageHeight = Number(map.dataset.imageHeight);
  var planes = null;
  var at = {x: width >> 1, y: height >> 1};
  root.classList.add("live");

  find("theme").addEventListener("click", function () {
    var dark = root.dataset.theme ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  find("copy").addEventListener("click", function () {
    var range = document.createRange();
    range.selectNodeContents(find("command"));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    if (document.execCommand("copy")) find("copy").textContent = "Copied";
  });

  var opacity = find("opacity");
  if (opacity) {
    var blend = function () { cells.style.opacity = opacity.value / 100; };
    opacity.addEventListener("input", blend);
    blend();
  }

  /* The legend's rows say what each number of the state plane means. */
  var legend = {};
  document.querySelectorAll("[data-code]").forEach(function (row) {
    legend[row.dataset.code] = {
      name: row.dataset.name,
      meaning: row.dataset.meaning,
      swatch: row.querySelector("img").src
    };
  });

  function decode(uri) {
    return new Promise(function (resolve, reject) {
      var image = new Image();
      image.onerror = reject;
      image.onload = function () {
        var canvas = document.createElement("canvas");
        canvas.width = width;
        canvas.height = height;
        var context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        resolve(context.getImageData(0, 0, width, height).data);
      };
      image.src = uri;
    });
  }

  /* The upper 24 bits of a double. */
  var view = new DataView(new ArrayBuffer(8));
  function unpack(plane, i) {
    view.setUint8(0, plane[i]);
    view.setUint8(1, plane[i + 1]);
    view.setUint8(2, plane[i + 2]);
    return view.getFloat64(0);
  }

  function brief(value) {
    if (value === 0) return "0";
    if (!isFinite(value)) return String(value);
    return value >= 0.001 && value < 10000 ? String(Number(value.toPrecision(3)))
      : value.toExponential(2);
  }

  function span(cell, limit) {
    var last = Math.min((cell + 1) * block, limit) - 1;
    return block === 1 ? String(cell) : cell * block + ".." + last;
  }

  function drawLoupe() {
    var loupe = find("loupe"), context = loupe.getContext("2d");
    var across = 11, side = loupe.width / across, half = across >> 1;
    var scale = cells.naturalWidth / width;
    context.imageSmoothingEnabled = false;
    context.fillStyle = getComputedStyle(root).getPropertyValue("--code");
    context.fillRect(0, 0, loupe.width, loupe.height);
    var x0 = Math.max(0, at.x - half), y0 = Math.max(0, at.y - half);
    var x1 = Math.min(width, at.x + half + 1), y1 = Math.min(height, at.y + half + 1);
    context.drawImage(cells, x0 * scale, y0 * scale, (x1 - x0) * scale, (y1 - y0) * scale,
      (x0 - at.x + half) * side, (y0 - at.y + half) * side, (x1 - x0) * side, (y1 - y0) * side);
    context.lineWidth = 3;
    context.strokeStyle = "#fff";
    context.strokeRect(half * side, half * side, side, side);
    context.lineWidth = 1;
    context.strokeStyle = "#000";
    context.strokeRect(half * side, half * side, side, side);
  }

  function show() {
    if (!planes) return;
    var i = 4 * (at.y * width + at.x), state = planes[0];
    var code = legend[state[i]], reads = state[i + 1] * 256 + state[i + 2];
    find("at").textContent = "x " + span(at.x, imageWidth) + ", y " + span(at.y, imageHeight);
    find("swatch").src = code.swatch;
    find("state").textContent = code.name;
    find("meaning").textContent = code.meaning;
    find("magnitude").textContent = brief(unpack(planes[1], i));
    find("reads").textContent = (reads === 65535 ? "65535 or more" : reads) +
      (reads === 1 ? " output" : " outputs");
    find("weight").textContent = brief(unpack(planes[2], i));
    var px = cells.clientWidth / width, py = cells.clientHeight / height;
    cursor.style.display = "block";
    cursor.style.left = at.x * px + "px";
    cursor.style.top = at.y * py + "px";
    cursor.style.width = px + "px";
    cursor.style.height = py + "px";
    drawLoupe();
  }

  function move(x, y) {
    at.x = Math.max(0, Math.min(width - 1, x));
    at.y = Math.max(0, Math.min(height - 1, y));
    show();
  }

  map.addEventListener("pointermove", function (event) {
    var box = cells.getBoundingClientRect();
    move(Math.floor((event.clientX - box.left) / box.width * width),
      Math.floor((event.clientY - box.top) / box.height * height));
  });
  map.tabIndex = 0;
  map.addEventListener("keydown", function (event) {
    var step = event.shiftKey ? 10 : 1;
    var moves = {
      ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step],
      Home: [-width, 0], End: [width, 0], PageUp: [0, -height], PageDown: [0, height]
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    move(at.x + moves[event.key][0], at.y + moves[event.key][1]);
  });
  addEventListener("resize", show);

  var data = find("planes").dataset;
  Promise.all([decode(data.state), decode(data.magnitude), decode(data.weight),
    cells.decode()]).then(function (decoded) {
    planes = decoded;
    show();
  });
})();
