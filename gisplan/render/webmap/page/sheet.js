// A sheet: a canvas over the map on which one thing is drawn, moved and redrawn with the map.
// Sheets take no clicks; a click on the map asks every layer what is there.

const Sheet = L.Renderer.extend({
  options: { padding: 0.2 },

  initialize(paint, options) {
    this._paint = paint;
    L.Renderer.prototype.initialize.call(this, options);
  },

  _initContainer() {
    this._container = el("canvas", "gp-sheet", null, { "aria-hidden": "true" });
    if (this.options.name) this._container.dataset.sheet = this.options.name;
    this._context = this._container.getContext("2d");
  },

  _destroyContainer() {
    this._container.remove();
    delete this._container;
    delete this._context;
  },

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    this.redraw();
  },

  redraw() {
    if (!this._map || !this._bounds) return;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const size = this._bounds.getSize();
    const canvas = this._container;
    L.DomUtil.setPosition(canvas, this._bounds.min);
    canvas.width = size.x * ratio;
    canvas.height = size.y * ratio;
    canvas.style.width = `${size.x}px`;
    canvas.style.height = `${size.y}px`;
    const { x, y } = this._bounds.min;
    this._context.setTransform(ratio, 0, 0, ratio, -x * ratio, -y * ratio);
    this._paint(this._context, viewOf(this._map, this._bounds), ratio);
  },
});

function addPane(name, z) {
  const pane = S.map.createPane(name);
  pane.style.zIndex = z;
  pane.style.pointerEvents = "none";
  return name;
}

/** The sheets of all layers, in drawing order, and of the findings' shapes on top. */
function makeSheets() {
  S.data.layers.forEach((layer, z) => {
    const set = S.sets.get(layer.id);
    set.on = layer.on;
    const options = { pane: addPane(`gp-${z}`, 410 + z), name: layer.id };
    set.sheet = set instanceof PackedSet ? new Grid(set, options)
      : new Sheet((ctx, view, ratio) => paintSet(ctx, set, view, ratio), options);
    if (set.on) set.sheet.addTo(S.map);
  });
  S.evidence.on = true;
  S.evidence.sheet = new Sheet((ctx, view, ratio) => paintSet(ctx, S.evidence, view, ratio), {
    pane: addPane("gp-evidence", 520),
    name: "findings",
  });
  S.evidence.sheet.addTo(S.map);
}

function switchLayer(set, on) {
  set.on = on;
  if (on) set.sheet.addTo(S.map);
  else set.sheet.remove();
  S.labels.redraw();
}
