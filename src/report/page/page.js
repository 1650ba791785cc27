/* The page: what the pointer, the keys and the tables do to the map. */
(async () => {
  const root = document.documentElement, find = (id) => document.getElementById(id);
  if (!("DecompressionStream" in window && "OffscreenCanvas" in window)) return;

  find("copy").addEventListener("click", () => {
    getSelection().selectAllChildren(find("command"));
    if (document.execCommand("copy")) find("copy").textContent = "Copied";
  });

  /* The rows of the table of reasons say what each code of the state plane means. */
  const legend = {};
  for (const row of document.querySelectorAll("#reasons [data-code]")) {
    const {code, letter, name, fault, meaning, remedy, colours} = row.dataset;
    legend[code] = {letter, name, meaning, remedy, colours, fault: fault === "1", swatch: row.querySelector("img").src};
  }
  const whatIfs = Array.from(document.querySelectorAll("[data-what-if]"), (row) => ({
    name: row.querySelector("b").textContent,
    options: row.querySelector("code") ? row.querySelector("code").textContent : "",
    surrogate: row.querySelector(".tag") !== null
  }));

  const numbers = await wck.readNumbers();
  root.classList.add("live");
  if (find("image")) await find("image").decode();
  const view = wck.view = new wck.View(numbers, legend), taps = new wck.Taps(view, numbers);
  const data = view.map.dataset;
  let named = false;

  const span = (cell, limit) => {
    const last = Math.min((cell + 1) * view.block, limit) - 1;
    return view.block === 1 ? String(cell) : cell * view.block + ".." + last;
  };
  const where = () => "x " + span(view.at.x, Number(data.imageWidth)) + ", y " + span(view.at.y, Number(data.imageHeight));

  function list(remedies) {
    find("remedies").replaceChildren(...remedies.map((remedy) => {
      const item = document.createElement("li"), name = document.createElement("b");
      name.textContent = remedy.name;
      item.append(name, remedy.surrogate ? " (a surrogate)" : "");
      if (remedy.options) {
        const code = document.createElement("code");
        code.textContent = remedy.options;
        item.append(" ", code);
      }
      return item;
    }));
  }

  /* Those of the tried remedies that reach the cell. */
  function revivers(cell) {
    const bits = numbers.revived ? numbers.revived.get(cell) : 0;
    return whatIfs.filter((_, i) => i < 32 && bits >>> i & 1);
  }

  function readOut() {
    const cell = view.at.y * view.width + view.at.x, code = view.codes[cell], row = legend[code];
    const found = code === 0 || row.fault ? [] : revivers(cell), reads = numbers.reads.get(cell);
    find("at").textContent = where();
    find("swatch").src = row.swatch;
    find("letter").textContent = row.letter;
    find("state").textContent = row.name;
    find("meaning").textContent = row.meaning + ".";
    find("revive").hidden = code === 0;
    find("remedy").textContent = row.remedy + (row.fault ? "." : found.length ? "; of those tried:" : numbers.revived ?
      "; none of those tried below reaches it." : ". Add --what-if, and this says which remedies reach this pixel.");
    list(found);
    find("magnitude").textContent = wck.exact(numbers.magnitude.get(cell));
    if (numbers.error) find("error").textContent = wck.exact(numbers.error.get(cell));
    find("reads").textContent = reads + (reads === 1 ? " output" : " outputs");
    find("weight").textContent = wck.exact(numbers.weight.get(cell));
    taps.show(view.at);
    return where() + ": " + row.name + ", " + row.meaning + "." + (code === 0 ? "" : " To revive it: " +
      (found.length ? found.map((remedy) => remedy.name).join(", ") : row.remedy) + ".");
  }

  const say = (text) => { find("said").textContent = text; };

  function move(x, y) {
    view.at = {x: Math.max(0, Math.min(view.width - 1, x)), y: Math.max(0, Math.min(view.height - 1, y))};
    view.follow();
    say(readOut());
  }

  function choose(name) {
    const radio = document.querySelector('input[name="layer"][value="' + name + '"]');
    radio.checked = true;
    view.layer = name;
    const level = view.level(name === "reason" ? "magnitude" : name);
    find("low").textContent = level.any ? wck.brief(level.low) : "none";
    find("high").textContent = level.any ? wck.brief(level.high) : "none";
    if (named) find("ramp-says").textContent = radio.nextElementSibling.textContent + (name === "reason" ?
      ", and of covered pixels the number on a logarithmic scale." : ", on a logarithmic scale; plain is 0.");
    named = true;
    view.draw();
  }

  function theme() {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    view.draw();
    readOut();
  }

  function flip() {
    if (!view.image) return;
    view.flipped = !view.flipped;
    find("flip").setAttribute("aria-pressed", view.flipped);
    say(view.flipped ? "The image" : "The map");
    view.draw();
  }

  /* The table's regions, one of which may be the current one. */
  const rows = Array.from(document.querySelectorAll("#regions tbody tr"));
  let current = -1;

  function goTo(index) {
    if (rows.length === 0) return;
    if (current >= 0) rows[current].removeAttribute("aria-current");
    current = (index + rows.length) % rows.length;
    const row = rows[current], box = find("regions");
    row.setAttribute("aria-current", "true");
    box.scrollTop = row.offsetTop - box.clientHeight / 2;
    const cell = (name) => Math.floor(Number(row.dataset[name]) / view.block);
    view.region = {left: cell("left"), top: cell("top"), right: cell("right"), bottom: cell("bottom")};
    view.at = {x: cell("x"), y: cell("y")};
    view.show(view.region);
    say("Region " + (current + 1) + " of " + rows.length + ". " + readOut());
  }
  rows.forEach((row, i) => row.addEventListener("click", () => goTo(i)));

  const zoom = (by) => view.zoomTo(view.zoom * by, view.at.x + 0.5, view.at.y + 0.5);
  const help = () => (find("help").open ? find("help").close() : find("help").showModal());
  const layers = Array.from(document.querySelectorAll('input[name="layer"]'), (radio) => radio.value);

  const keys = {
    j: () => goTo(current + 1), k: () => goTo(current < 0 ? -1 : current - 1), f: flip, t: theme, "?": help,
    "+": () => zoom(2), "=": () => zoom(2), "-": () => zoom(0.5), 0: () => zoom(0)
  };
  layers.forEach((name, i) => { keys[i + 1] = () => choose(name); });
  addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=radio]):not([type=checkbox])");
    if (event.ctrlKey || event.metaKey || event.altKey || typing || !find("single").checked) return;
    if (!Object.hasOwn(keys, event.key) || (find("help").open && event.key !== "?")) return;
    event.preventDefault();
    keys[event.key]();
  });

  view.map.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 10 : 1, {width, height} = view;
    const moves = {
      ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step],
      Home: [-width, 0], End: [width, 0], PageUp: [0, -height], PageDown: [0, height]
    };
    if (!moves[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move(view.at.x + moves[event.key][0], view.at.y + moves[event.key][1]);
  });

  let drag = null;
  view.map.addEventListener("pointerdown", (event) => {
    drag = {x: event.clientX, y: event.clientY};
    view.map.setPointerCapture(event.pointerId);
  });
  view.map.addEventListener("pointermove", (event) => {
    if (drag && view.zoom > 1) {
      view.pan(event.clientX - drag.x, event.clientY - drag.y);
      drag = {x: event.clientX, y: event.clientY};
    }
    view.at = view.cellAt(event.clientX, event.clientY);
    view.drawMarks();
    readOut();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    view.map.addEventListener(end, (event) => {
      drag = null;
      view.at = view.cellAt(event.clientX, event.clientY);
      view.drawMarks();
      say(readOut());
    });
  }
  view.map.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== view.map) return;
    event.preventDefault();
    const at = view.cellAt(event.clientX, event.clientY);
    view.zoomTo(view.zoom * 2 ** (-event.deltaY / 200), at.x + 0.5, at.y + 0.5);
  }, {passive: false});

  find("zoom-in").addEventListener("click", keys["+"]);
  find("zoom-out").addEventListener("click", keys["-"]);
  find("zoom-fit").addEventListener("click", keys[0]);
  find("theme").addEventListener("click", theme);
  find("keys").addEventListener("click", help);
  find("layers").addEventListener("change", (event) => choose(event.target.value));
  if (view.image) {
    find("flip").addEventListener("click", flip);
    for (const slider of ["opacity", "split"]) {
      find(slider).addEventListener("input", () => {
        view[slider] = find(slider).value / 100;
        view.draw();
      });
    }
  }
  if (!numbers.error) document.querySelectorAll("dl .error").forEach((item) => item.remove());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { view.draw(); });
  addEventListener("resize", () => { view.resize(); readOut(); });
  if (view.image) view.opacity = find("opacity").value / 100;
  view.resize();
  choose("reason");
  readOut();
  root.dataset.ready = "true";
})();
