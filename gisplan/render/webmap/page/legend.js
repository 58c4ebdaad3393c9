// Layers and legend in one: what is drawn, how, how many; each can be switched off.

const LEGEND_ORDER = ["judged", "lower", "body", "zone", "line", "area", "upper"];

function makeLegend() {
  const head = el("div", "gp-legend-head");
  
  const fold = button("gp-icon-button", "–", () => {
    const shut = S.legend.classList.toggle("gp-shut");
    fold.textContent = shut ? "+" : "–";
    fold.setAttribute("aria-expanded", String(!shut));
    fold.setAttribute("aria-label", U(shut ? "expand" : "collapse"));
  }, { "aria-expanded": "true" });
  S.hooks.push(() => fold.setAttribute("aria-label", U(S.legend?.classList.contains("gp-shut") ? "expand" : "collapse")));
  head.append(worded(el("h2", ""), "layers_legend"), fold);
  S.legendBody = el("div", "gp-legend-body");
  S.legend = el("section", "gp-legend", [head, S.legendBody], { id: "gp-layers", "aria-labelledby": "gp-tab-layers" });
  return S.legend;
}

function check(text, on, onChange, sample, count, attributes) {
  const box = el("input", "", null, { type: "checkbox", ...attributes });
  box.checked = on;
  box.addEventListener("change", () => onChange(box.checked));
  return el("label", "gp-check", [
    box, sample, el("span", "gp-check-text", text), count === null ? null : el("small", "", number(count)),
  ]);
}

function legendLayer(layer) {
  const set = S.sets.get(layer.id);
  const classes = layer.classes.length !== 1 || layer.role === "judged" ? layer.classes : [];
  const sample = classes.length ? null : swatch(layer.classes[0].style, set.kinds[0]);
  const top = check(title(layer.title), set.on, (on) => {
    switchLayer(set, on);
    writeLegend();
  }, sample, layer.count, { "data-layer": layer.id });
  const rows = classes.map((entry, c) => check(title(entry.title), !set.off.has(c), (on) => {
    if (on) set.off.delete(c);
    else set.off.add(c);
    set.sheet.redraw();
    S.labels.redraw();
  }, swatch(entry.style, set.kinds[c]), entry.count, { "data-class": entry.key }));
  const far = layer.fromZoom ? el("div", "gp-far gp-sub", U("zoom_to_see"), { "data-from": layer.fromZoom }) : null;
  return el("div", set.on ? "gp-layer" : "gp-layer gp-dim", [top, far, rows.length ? el("div", "gp-classes", rows) : null]);
}

function writeLegend() {
  const rows = S.data.findings.rows;
  const marks = el("div", "gp-layer", [
    check(U("markers"), S.showMarkers, (on) => {
      S.showMarkers = on;
      placeMarkers();
      S.labels.redraw();
    }, null, rows.filter((f) => f.at).length, { "data-layer": "markers" }),
    el("div", "gp-classes gp-marks", SEVERITIES.map((severity) =>
      el("span", "", [severityMark(severity, 16), wordOf("severity", severity)]))),
    check(U("evidence"), S.evidence.on, (on) => switchLayer(S.evidence, on),
      swatch(S.data.findings.styles.error, 2), null, { "data-layer": "findings" }),
    check(U("labels"), S.showLabels, (on) => {
      S.showLabels = on;
      S.labels.redraw();
    }, null, null, { "data-layer": "labels" }),
  ]);
  const order = [...S.data.layers].sort(
    (a, b) => LEGEND_ORDER.indexOf(a.role) - LEGEND_ORDER.indexOf(b.role),
  );
  const [first, ...others] = order.map(legendLayer);
  S.legendBody.replaceChildren(first ?? "", marks, ...others);
  noteFar();
}

/** Say which layers wait for a nearer view. */
function noteFar() {
  for (const note of S.legendBody.querySelectorAll(".gp-far")) {
    note.hidden = S.map.getZoom() >= Number(note.dataset.from);
  }
}
