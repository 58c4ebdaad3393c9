// Layers and legend in one: what is drawn, how, how many; each can be switched off.

const LEGEND_ORDER = ["judged", "lower", "body", "zone", "line", "area", "upper"];

function makeLegend() {
  const head = el("div", "gp-legend-head");
  const title = worded(el("h2", ""), "layers_legend");
  const fold = button("gp-icon-button", "–", () => {
    const shut = S.legend.classList.toggle("gp-shut");
    fold.textContent = shut ? "+" : "–";
    fold.setAttribute("aria-expanded", String(!shut));
    fold.setAttribute("aria-label", U(shut ? "expand" : "collapse"));
  }, { "aria-expanded": "true" });
  S.hooks.push(() => fold.setAttribute("aria-label", U(S.legend?.classList.contains("gp-shut") ? "expand" : "collapse")));
  head.append(title, fold);
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

/** 0 point, 1 line, 2 area: what a layer mostly is, for its samples. */
function kindOf(layer) {
  const kinds = layer.shapes.k;
  if (!kinds.length) return 2;
  return kinds.filter((k) => k === 0).length * 2 > kinds.length ? 0 : kinds.every((k) => k === 1) ? 1 : 2;
}

function legendLayer(layer) {
  const set = S.sets.get(layer.id);
  const kind = kindOf(layer);
  const classes = layer.classes.length > 1 || layer.role === "judged" ? layer.classes : [];
  const sample = classes.length ? null : swatch(layer.classes[0]?.style ?? set.styles[0], kind);
  const top = check(T(layer.title), set.on, (on) => {
    switchLayer(set, on);
    writeLegend();
  }, sample, layer.count, { "data-layer": layer.id });
  const rows = classes.map((entry, c) => check(T(entry.title), !set.off.has(c), (on) => {
    if (on) set.off.delete(c);
    else set.off.add(c);
    set.sheet.redraw();
    S.labels.redraw();
  }, swatch(entry.style, kind), entry.count, { "data-class": entry.key }));
  return el("div", set.on ? "gp-layer" : "gp-layer gp-dim", [top, rows.length ? el("div", "gp-classes", rows) : null]);
}

function writeLegend() {
  const rows = S.data.findings.rows;
  const marks = el("div", "gp-layer", [
    check(U("markers"), S.showMarkers, (on) => {
      S.showMarkers = on;
      placeMarkers();
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
  S.legendBody.replaceChildren(...order.map(legendLayer), marks);
}
