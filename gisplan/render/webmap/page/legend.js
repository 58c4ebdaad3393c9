// Layers and legend in one: what is drawn, how, how many; each can be switched off.

// Groups of the tree, in order; a group of one layer needs no heading of its own.
const GROUPS = [
  ["units", ({ role }) => role === "judged" || role === "lower"],
  ["heritage", ({ id, role }) => role === "body" || role === "zone" || id === "view"],
  ["lines", ({ role }) => role === "line"],
  ["exam", ({ exam }) => exam],
  ["ground", ({ role }) => role === "area"],
  ["tiers", ({ role }) => role === "upper"],
];
const IN_GROUP = ["judged", "lower", "body", "zone", "line", "area", "upper"];

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

/** A line of the tree: a box that is on, off, or neither; what it looks like; how many there are. */
function check(text, on, onChange, sample, count, attributes) {
  const box = el("input", "", null, { type: "checkbox", ...attributes });
  box.checked = on === true;
  box.indeterminate = on === null;
  box.addEventListener("change", () => {
    const held = attributes && Object.entries(attributes)[0];
    onChange(box.checked);
    // the tree was written anew: the keyboard stays where it was
    if (held && !box.isConnected) [...S.legendBody.querySelectorAll(`[${held[0]}]`)].find((it) => it.getAttribute(held[0]) === held[1])?.focus();
  });
  return el("label", "gp-check", [
    box, sample, el("span", "gp-check-text", text), count === null ? null : el("small", "", number(count)),
  ]);
}

/** Whether all are on (true), none (false) or some (null). */
function allOf(states) {
  if (states.every((on) => on === true)) return true;
  return states.some((on) => on !== false) ? null : false;
}

function layerState(set) {
  if (!set.on) return false;
  return set.off.size ? null : true;
}

/** Switch a layer and all its classes on, or the layer off. */
function switchWhole(set, on) {
  if (on) set.off.clear();
  switchLayer(set, on);
  if (on) set.sheet.redraw();
}

function legendLayer(layer) {
  const set = S.sets.get(layer.id);
  const classes = layer.classes.length !== 1 || layer.role === "judged" ? layer.classes : [];
  const sample = classes.length ? null : swatch(layer.classes[0].style, set.kinds[0]);
  const top = check(title(layer.title), layerState(set), (on) => {
    switchWhole(set, on);
    writeLegend();
  }, sample, layer.count, { "data-layer": layer.id });
  const rows = classes.map((entry, c) => check(title(entry.title), !set.off.has(c), (on) => {
    if (on) set.off.delete(c);
    else set.off.add(c);
    set.sheet.redraw();
    S.labels.redraw();
    writeLegend();
  }, swatch(entry.style, set.kinds[c]), entry.count, { "data-class": `${layer.id} ${entry.key}` }));
  const far = layer.fromZoom ? el("div", "gp-far gp-sub", U("zoom_to_see"), { "data-from": layer.fromZoom }) : null;
  return el("div", set.on ? "gp-layer" : "gp-layer gp-dim", [top, far, rows.length ? el("div", "gp-classes", rows) : null]);
}

/** A group of layers: one box for all of them, and a fold. */
function legendGroup(key, layers) {
  if (layers.length === 1) return legendLayer(layers[0]);
  const sets = layers.map((layer) => S.sets.get(layer.id));
  const body = el("div", "gp-members", layers.map(legendLayer));
  body.hidden = S.folded.has(key);
  const fold = button("gp-icon-button", body.hidden ? "▸" : "▾", () => {
    if (!S.folded.delete(key)) S.folded.add(key);
    writeLegend();
    S.legendBody.querySelector(`[data-fold=${key}]`).focus();
  }, { "aria-expanded": String(!body.hidden), "aria-label": `${U(body.hidden ? "expand" : "collapse")} ${U(`group_${key}`)}`, "data-fold": key });
  const top = check(U(`group_${key}`), allOf(sets.map(layerState)), (on) => {
    for (const set of sets) switchWhole(set, on);
    writeLegend();
  }, null, null, { "data-group": key });
  return el("div", "gp-group", [el("div", "gp-group-head", [top, fold]), body], { role: "group", "aria-label": U(`group_${key}`) });
}

/** What is said of the plan: findings by severity, their marks and shapes; and the names. */
function legendFindings() {
  const rows = S.data.findings.rows;
  const states = SEVERITIES.map((severity) => S.severities.has(severity));
  const show = (on) => {
    S.severities = new Set(on ? SEVERITIES : []);
    refilter();
  };
  return el("div", "gp-group", [
    check(U("findings"), allOf(states), show, null, rows.length, { "data-group": "findings" }),
    el("div", "gp-classes", SEVERITIES.map((severity) => check(wordOf("severity", severity), S.severities.has(severity), () => toggleSeverity(severity),
      severityMark(severity, 16), rows.filter((f) => f.severity === severity).length, { "data-severity-box": severity }))),
    el("div", "gp-classes gp-ways", [
      check(U("markers"), S.showMarkers, (on) => {
        S.showMarkers = on;
        placeMarkers();
        S.labels.redraw();
      }, null, null, { "data-layer": "markers" }),
      check(U("evidence"), S.evidence.on, (on) => switchLayer(S.evidence, on),
        swatch(S.data.findings.styles.error, 2), null, { "data-layer": "findings" }),
      check(U("labels"), S.showLabels, (on) => {
        S.showLabels = on;
        S.labels.redraw();
      }, null, null, { "data-layer": "labels" }),
    ]),
  ], { role: "group", "aria-label": U("findings") });
}

function writeLegend() {
  const left = new Set(S.data.layers);
  const groups = [];
  for (const [key, holds] of GROUPS) {
    const layers = S.data.layers.filter((layer) => left.has(layer) && holds(layer))
      .sort((a, b) => IN_GROUP.indexOf(a.role) - IN_GROUP.indexOf(b.role));
    for (const layer of layers) left.delete(layer);
    if (layers.length) groups.push(legendGroup(key, layers));
  }
  groups.splice(1, 0, legendFindings());
  const { scrollTop } = S.legendBody;
  S.legendBody.replaceChildren(...groups);
  S.legendBody.scrollTop = scrollTop;
  noteFar();
}

/** Say which layers wait for a nearer view. */
function noteFar() {
  for (const note of S.legendBody.querySelectorAll(".gp-far")) {
    note.hidden = S.map.getZoom() >= Number(note.dataset.from);
  }
}
