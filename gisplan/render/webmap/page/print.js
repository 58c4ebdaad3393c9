// The map on a sheet of paper: title block, legend, north, scale; seen before it is printed.

const PAPERS = { a4: { title: "A4", width: 297, height: 210, ratio: 3 }, a3: { title: "A3", width: 420, height: 297, ratio: 2 } };
const PER_MM = 96 / 25.4; // pixels of a style sheet in a millimetre
const SCALES = [500, 1000, 2000, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000];
const STEPS = [1, 1.25, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7.5, 8, 10];

function northMark(width, height) {
  const text = svg("text", { x: 16, y: 41, "text-anchor": "middle", "font-size": 11, "font-weight": 600, fill: "#27323f" });
  S.hooks.push(() => {
    text.textContent = S.lang === "zh" ? "北" : "N";
  });
  const half = (d, fill) => svg("path", { d, fill, stroke: "#27323f", "stroke-width": 1.2, "stroke-linejoin": "round" });
  const mark = svg("svg", { viewBox: "0 0 32 44", width, height, role: "img" }, [
    half("M16 2 25 29 16 23Z", "#fff"), half("M16 2 7 29 16 23Z", "#27323f"), text,
  ]);
  worded(mark, "north", "aria-label");
  return mark;
}

/** Metres of the parallel through the middle of the map, on the ellipsoid. */
function parallelLength() {
  const lat = S.map.getCenter().lat;
  return geodesicLength([0, lat], [0.01, lat]) * 36000;
}

/** How many millimetres on the ground are one on the paper, at a zoom. */
function scaleAt(zoom) {
  return (parallelLength() / (256 * 2 ** zoom)) * 1000 * PER_MM;
}

const zoomFor = (scale) => Math.log2((parallelLength() * 1000 * PER_MM) / (256 * scale));

/** The next round number that is not below a value. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return STEPS.map((step) => step * power).find((step) => step >= value * 0.999999);
}

/** Which classes of a layer have a feature in the view. */
function classesInView(set) {
  const [here, b] = [new Set(), S.map.getBounds()];
  const [w, e, n, s] = [worldX(b.getWest()), worldX(b.getEast()), worldY(b.getNorth()), worldY(b.getSouth())];
  if (set instanceof PackedSet) {
    for (const piece of set.pieces) {
      for (const k of piece.meeting(toUnit(w), toUnit(n), toUnit(e), toUnit(s))) {
        if (set.shows(piece.start + k)) here.add(set.classOf[piece.start + k]);
      }
    }
    return here;
  }
  const { box } = set.shapes;
  for (let i = 0; i < set.count; i++) {
    if (box[4 * i] <= e && box[4 * i + 2] >= w && box[4 * i + 1] <= s && box[4 * i + 3] >= n && set.shows(i)) here.add(set.classOf[i]);
  }
  return here;
}

/** Rows of the legend: what is on the paper, and nothing else. */
function paperLegend() {
  const entry = (sample, text, look) => el("li", look ?? "", [sample, el("span", "", text)]);
  const rows = [];
  const order = [...S.data.layers].sort((a, b) => IN_GROUP.indexOf(a.role) - IN_GROUP.indexOf(b.role));
  for (const layer of order) {
    const set = S.sets.get(layer.id);
    const here = set.seen ? classesInView(set) : new Set();
    if (!here.size) continue;
    const single = layer.classes.length === 1 && layer.role !== "judged";
    if (single) rows.push(entry(swatch(layer.classes[0].style, set.kinds[0]), title(layer.title)));
    else {
      rows.push(entry(null, title(layer.title), "gp-paper-layer"));
      layer.classes.forEach((one, c) => here.has(c) && rows.push(entry(swatch(one.style, set.kinds[c]), title(one.title))));
    }
  }
  const shown = shownFindings().filter((f) => f.at && S.map.getBounds().contains([f.at[1], f.at[0]]));
  if (S.showMarkers && shown.length) {
    rows.push(entry(null, U("markers"), "gp-paper-layer"));
    for (const severity of SEVERITIES) {
      if (shown.some((f) => f.severity === severity)) rows.push(entry(severityMark(severity, 14), wordOf("severity", severity)));
    }
  }
  return rows;
}

/** A bar of a round length, at most 48 mm long, in four fields. */
function scaleBar(scale) {
  const most = (48 * scale) / 1000;
  const power = 10 ** Math.floor(Math.log10(most));
  const length = [1, 2, 4, 6, 8].map((step) => step * power).filter((it) => it <= most).pop();
  const mm = (length * 1000) / scale;
  const text = (x, value) => {
    const node = svg("text", { x, y: 3.2, "font-size": 3, "text-anchor": "middle", fill: "#1d2733" });
    node.textContent = value;
    return node;
  };
  const km = length >= 1000;
  const say = (metres) => String(Number((km ? metres / 1000 : metres).toPrecision(6)));
  return svg("svg", { viewBox: `-4 0 ${mm + 14} 7`, width: `${mm + 14}mm`, height: "7mm", role: "img" }, [
    ...[0, 1, 2, 3].map((k) => svg("rect", {
      x: (k * mm) / 4, y: 4.2, width: mm / 4, height: 1.6, fill: k % 2 ? "#fff" : "#1d2733", stroke: "#1d2733", "stroke-width": 0.25,
    })),
    text(0, "0"), text(mm / 2, say(length / 2)), text(mm, `${say(length)} ${km ? "km" : "m"}`),
  ]);
}

function makePaper() {
  const state = (S.paper = { on: null });
  const tool = button("", svg("svg", { viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true" }, [
    svg("path", { d: "M5 7V2.5h10V7M5 14H2.5V7h15v7H15M5 11.5h10v6H5Z", fill: "none", stroke: "currentColor", "stroke-width": 1.5, "stroke-linejoin": "round" }),
  ]), () => lay("a4"), { "data-tool": "print" });
  worded(tool, "print_view", "title");
  worded(tool, "print_view", "aria-label");
  S.tools.append(tool);

  const rule = el("style");
  const room = el("div", "gp-paper-map");
  const north = el("div", "gp-paper-north", northMark("11mm", "15mm"));
  const [name, mark, bar, legend, facts, foot] = ["h1", "p", "div", "ul", "dl", "p"].map((tag) => el(tag, ""));
  const sizes = Object.entries(PAPERS).map(([size, { title: text }]) => button("", text, () => lay(size), { "data-paper": size }));
  const scales = el("select", "");
  worded(scales, "scale", "aria-label");
  scales.addEventListener("change", () => setScale(Number(scales.value)));
  const print = worded(button("gp-paper-go", "", () => {
    paintAll();
    window.print();
  }), "print");
  const sheet = el("div", "gp-paper-sheet", [
    el("header", "", [name, mark]), room,
    el("aside", "", [el("div", "gp-paper-head", [north, bar]), legend, facts]), el("footer", "", foot),
  ]);
  const view = el("section", "gp-paper", [
    el("div", "gp-paper-bar", [el("span", "gp-paper-sizes", sizes), scales, print, worded(button("", "", leave), "close")]), sheet,
  ]);
  worded(view, "print_view", "aria-label");
  const frame = S.map.getContainer();
  const home = frame.parentNode;
  const next = frame.nextSibling;

  function write() {
    if (!state.on) return;
    const scale = scaleAt(S.map.getZoom());
    const round = roundUp(scale);
    const told = Math.abs(round / scale - 1) < 1e-3 ? round : Math.round(scale);
    const said = `1:${number(told)}`;
    name.textContent = S.data.name;
    mark.textContent = T(S.data.words.statements[1]);
    foot.textContent = [S.data.words.statements[0], S.data.words.statements[2]].map(T).join("　");
    bar.replaceChildren(scaleBar(told));
    const options = SCALES.includes(told) ? SCALES : [told, ...SCALES].sort((a, b) => a - b);
    scales.replaceChildren(...options.map((it) => el("option", "", `1:${number(it)}`, { value: it })));
    scales.value = String(told);
    facts.replaceChildren(...[
      [U("scale"), said], [U("crs"), T(S.data.crs)], [U("shown_in"), `CGCS2000 · ${U("web_mercator")}`],
      [U("data_version"), S.data.version], [U("time"), S.data.time], [U("made_by"), `gisplan ${S.data.gisplan}`],
      S.data.before ? [U("before"), [S.data.before.name, S.data.before.time].join(" · ")] : null,
    ].filter(Boolean).map(([key, value]) => row(key, value)));
    const rows = paperLegend();
    const over = () => legend.scrollHeight > legend.clientHeight + 1;
    legend.replaceChildren(...rows);
    legend.className = "";
    if (over()) legend.className = "gp-paper-tight";
    // what does not go on the paper is said, not cut off
    for (let left = rows.length; left > 1 && over();) {
      left--;
      legend.replaceChildren(...rows.slice(0, left), el("li", "gp-sub", `${U("not_listed")} ${rows.length - left}`));
    }
  }

  function setScale(scale) {
    const { on } = state;
    S.map.setView(S.map.getCenter(), zoomFor(scale), { animate: false });
    if (on) write();
  }

  /** Show the map on a sheet of some size; what is in the bounds is on it, at a round scale. */
  function lay(size, bounds = state.on ? S.map.getBounds() : viewFree()) {
    const paper = PAPERS[size];
    if (!state.on) {
      S.map.closePopup();
      state.before = { centre: S.map.getCenter(), zoom: S.map.getZoom(), snap: S.map.options.zoomSnap, fade: S.map._fadeAnimated };
      S.map.options.zoomSnap = 0;
      S.map._fadeAnimated = false;
      document.body.classList.add("gp-papered");
      S.root.append(view);
      room.append(frame);
    }
    state.on = size;
    S.ratio = paper.ratio;
    rule.textContent = `@page { size: ${paper.width}mm ${paper.height}mm; margin: 0; }`;
    document.head.append(rule);
    view.style.setProperty("--paper-width", `${paper.width}mm`);
    view.style.setProperty("--paper-height", `${paper.height}mm`);
    view.dataset.paper = size;
    for (const one of sizes) one.setAttribute("aria-pressed", String(one.dataset.paper === size));
    write(); // the texts first: the map gets the room that they leave
    S.map.invalidateSize({ animate: false, pan: false });
    S.map.setView(bounds.getCenter(), S.map.getBoundsZoom(bounds), { animate: false });
    setScale(roundUp(Math.max(scaleAt(S.map.getZoom()), 200)));
    for (const set of S.sets.values()) if (set.on && set.sheet instanceof Grid) set.sheet.redraw();
    paintAll();
    print.focus();
  }

  /** The part of the view that panels leave free, as the first view is fitted into it. */
  function viewFree() {
    const { paddingTopLeft: [left, top], paddingBottomRight: [right, bottom] } = padding();
    const size = S.map.getSize();
    const corners = [[left, size.y - bottom], [size.x - right, top]].map((at) => S.map.containerPointToLatLng(at));
    return L.latLngBounds(corners);
  }

  function leave() {
    if (!state.on) return;
    state.on = null;
    S.ratio = null;
    const { centre, zoom, snap, fade } = state.before;
    rule.remove();
    view.remove();
    home.insertBefore(frame, next);
    document.body.classList.remove("gp-papered");
    S.map.options.zoomSnap = snap;
    S.map._fadeAnimated = fade;
    S.map.invalidateSize({ animate: false, pan: false });
    S.map.setView(centre, zoom, { animate: false });
    for (const set of S.sets.values()) if (set.on && set.sheet instanceof Grid) set.sheet.redraw();
    tool.focus();
  }

  let asked = false; // printed from the browser's own menu, without the sheet
  window.addEventListener("beforeprint", () => {
    asked = !state.on;
    if (asked) lay("a4");
    else paintAll();
  });
  window.addEventListener("afterprint", () => {
    if (asked) leave();
  });
  document.addEventListener("keydown", (event) => {
    if (state.on && event.key === "Escape") leave();
  });
  S.map.on("moveend", write);
  S.hooks.push(write);
  S.lay = lay;
}
