// Existing and planned: buildings and parcels as they are to the left, as planned to the right.

/** A layer in one of its states: the same shapes, in classes of that state. */
function stateSet(record, side) {
  const base = S.sets.get(record.id);
  const field = base.layer.fields.find(({ name }) => name === record[side]);
  if (!(base instanceof PackedSet)) base.shapes; // unpacked once, for both sides
  const { classes } = record;
  const numbers = new Map(classes.map(({ key }, c) => [key, c]));
  const unknown = classes.length - 1;
  const classOf = new Uint16Array(base.count);
  for (let i = 0; i < base.count; i++) {
    const cell = field ? base.cell(field, i) : null;
    const text = cell === null || cell === undefined ? "" : String(cell);
    classOf[i] = numbers.get(record.digits ? text.slice(0, record.digits) : text) ?? unknown;
  }
  const gone = record[side === "existing" ? "notExisting" : "notPlanned"];
  const set = Object.create(base);
  Object.assign(set, {
    classOf, styles: classes.map((one) => one.style), hidden: null, on: true,
    layer: { ...base.layer, fromZoom: 0 }, off: new Set(gone.map((key) => numbers.get(key))),
  });
  return set;
}

/** Which classes a state has, in the legend over its side. */
function stateRows(record, set) {
  const counts = new Array(record.classes.length).fill(0);
  for (let i = 0; i < set.count; i++) if (set.has(i)) counts[set.classOf[i]]++;
  const base = S.sets.get(record.id);
  const rows = record.classes.map((one, c) => (counts[c] && !set.off.has(c)
    ? el("li", "", [swatch(one.style, base.kinds[0]), el("span", "", title(one.title)), el("small", "", number(counts[c]))]) : null));
  return [el("li", "gp-side-layer", title(base.layer.title)), ...rows.filter(Boolean)];
}

function makeStates() {
  const records = S.data.states.filter(({ id }) => S.sets.has(id));
  if (!records.length || S.data.before) return;
  const tool = button("", svg("svg", { viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true" }, [
    svg("path", { d: "M10 1.5v17M8 5H2.5v10H8M12 5h5.5v10H12", fill: "none", stroke: "currentColor", "stroke-width": 1.5, "stroke-linejoin": "round" }),
    svg("path", { d: "M4 8h3M4 11h3", stroke: "currentColor", "stroke-width": 1.3 }),
  ]), () => (end ? stop() : start()), { "data-tool": "states", "aria-pressed": "false" });
  worded(tool, "states", "title");
  worded(tool, "states", "aria-label");
  S.tools.append(tool);

  const paneOf = (side, k) => `gp-${side}-${k}`;
  records.forEach((_, k) => ["existing", "planned"].forEach((side) => addPane(paneOf(side, k), 500 + k)));
  const sides = sideBoxes();
  let end = null;
  let shown = [];

  function write() {
    if (!end) return;
    ["existing", "planned"].forEach((side, n) => {
      const rows = shown.filter((one) => one.side === side).flatMap(({ record, set }) => stateRows(record, set));
      sides[n].replaceChildren(el("b", "", U(side)), el("ul", "", rows));
    });
  }

  /** The layers themselves are away while their states are shown; clicks still ask them. */
  function hideBases(hidden) {
    for (const { id } of records) S.map.getPane(S.sets.get(id).sheet.options.pane).style.visibility = hidden ? "hidden" : "";
  }

  function start() {
    hideBases(true);
    shown = ["existing", "planned"].flatMap((side) => records.map((record, k) => {
      const set = stateSet(record, side);
      const options = { pane: paneOf(side, k), name: `${side}-${record.id}` };
      const sheet = set instanceof PackedSet ? new Grid(set, options)
        : new Sheet((ctx, view, ratio) => paintSet(ctx, set, view, ratio), options);
      sheet.addTo(S.map);
      return { side, record, set, sheet, pane: options.pane };
    }));
    const panes = (side) => shown.filter((one) => one.side === side).map((one) => one.pane);
    end = divide(panes("existing"), panes("planned"), sides, "states_divider");
    S.map.getContainer().classList.add("gp-states");
    tool.setAttribute("aria-pressed", "true");
    write();
    const all = boundsOf(records.map(({ id }) => S.sets.get(id)));
    if (all && !S.map.getBounds().intersects(all)) S.map.fitBounds(all, { ...padding(), animate: false });
  }

  function stop() {
    hideBases(false);
    for (const { sheet } of shown) sheet.remove();
    shown = [];
    end();
    end = null;
    S.map.getContainer().classList.remove("gp-states");
    tool.setAttribute("aria-pressed", "false");
  }

  S.hooks.push(write);
}
