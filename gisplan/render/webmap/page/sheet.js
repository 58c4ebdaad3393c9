// A sheet: a canvas over the map on which one thing is drawn, moved and redrawn with the map.
// Sheets take no clicks; a click on the map asks every layer what is there.

/** Pixels of a canvas to one of the page: on paper more than on a screen. */
const pixelRatio = () => S.ratio || Math.min(window.devicePixelRatio || 1, 2);

/** What to draw a canvas on: itself, but for paper another, whose pixels are handed to it. Of a
 *  canvas that is drawn just before printing Chromium prints the strokes, of another size. */
function drawingFor(canvas) {
  const apart = S.ratio && typeof OffscreenCanvas !== "undefined";
  return apart ? new OffscreenCanvas(canvas.width, canvas.height) : canvas;
}

function showDrawing(drawing, canvas) {
  if (drawing !== canvas) canvas.getContext("bitmaprenderer").transferFromImageBitmap(drawing.transferToImageBitmap());
}

const Sheet = L.Renderer.extend({
  options: { padding: 0.2 },

  initialize(paint, options) {
    this._paint = paint;
    L.Renderer.prototype.initialize.call(this, options);
  },

  _initContainer() {
    this._container = el("canvas", "gp-sheet", null, { "aria-hidden": "true" });
    if (this.options.name) this._container.dataset.sheet = this.options.name;
  },

  _destroyContainer() {
    this._container.remove();
    delete this._container;
  },

  /** A new canvas: one that was drawn on takes no pixels of another. */
  _renew() {
    const fresh = this._container.cloneNode(false);
    this._container.replaceWith(fresh);
    this._container = fresh;
  },

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    this.options.padding = S.ratio ? 0 : 0.2; // paper is not dragged
    L.Renderer.prototype._update.call(this);
    this.redraw();
  },

  redraw() {
    if (!this._map || !this._bounds) return;
    const ratio = pixelRatio();
    const size = this._bounds.getSize();
    if (S.ratio || this._handed) this._renew();
    this._handed = Boolean(S.ratio);
    const canvas = this._container;
    L.DomUtil.setPosition(canvas, this._bounds.min);
    canvas.width = size.x * ratio;
    canvas.height = size.y * ratio;
    canvas.style.width = `${size.x}px`;
    canvas.style.height = `${size.y}px`;
    const { x, y } = this._bounds.min;
    const drawing = drawingFor(canvas);
    const ctx = drawing.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, -x * ratio, -y * ratio);
    this._paint(ctx, viewOf(this._map, this._bounds), ratio);
    showDrawing(drawing, canvas);
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
