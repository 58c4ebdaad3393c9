// Packed layers on canvas tiles: what is near is drawn as on a sheet, what is too small as specks.

const TILE = 512;
const SPECK = 3; // pixels across, below which a shape is a speck; never nothing
const GIANT = 8 * TILE; // from here on only what is near the tile is drawn
const SLACK = 14; // pixels around a tile in which lines and symbols reach into it
const CROWD = 2000; // points in a tile, beyond which they are specks too
const AT_ONCE = 2048; // features between two looks at the clock
const SLICE = 12; // milliseconds of painting before the page has its turn
const FIRST_SLICE = 250; // the same while nothing is on the map yet: each turn shows all tiles anew

const Grid = L.GridLayer.extend({
  options: { tileSize: TILE, updateWhenZooming: false, updateWhenIdle: false, keepBuffer: 1, noWrap: true },

  initialize(set, options) {
    this._set = set;
    L.GridLayer.prototype.initialize.call(this, { ...options, minZoom: set.layer.fromZoom, className: "gp-grid" });
    this.on("tileunload", ({ tile }) => {
      tile.gone = true;
    });
  },

  onAdd(map) {
    L.GridLayer.prototype.onAdd.call(this, map);
    this.getContainer().dataset.sheet = this.options.name;
  },

  createTile(coords, done) {
    const ratio = pixelRatio();
    const tile = el("canvas", "", null, { "aria-hidden": "true" });
    tile.width = tile.height = TILE * ratio;
    const drawing = drawingFor(tile);
    const ctx = drawing.getContext("2d");
    ctx.scale(ratio, ratio);
    paintSoon(paintTile(this._set, ctx, coords, ratio), tile, () => {
      showDrawing(drawing, tile);
      done(null, tile);
    });
    return tile;
  },

  /** As Leaflet's own, but a fade that was under way does not go on in the new tiles. */
  redraw() {
    L.Util.cancelAnimFrame(this._fadeFrame);
    return L.GridLayer.prototype.redraw.call(this);
  },

  /** As Leaflet's own, but at the zoom itself and not the next whole one: tiles are never scaled. */
  _setView(center, zoom, noPrune, noUpdate) {
    if (!noUpdate) {
      this._tileZoom = zoom < this.options.minZoom ? undefined : zoom;
      this._updateLevels();
      this._resetGrid();
      if (this._tileZoom !== undefined) this._update(center);
      if (!noPrune) this._pruneTiles();
      this._noPrune = Boolean(noPrune);
    }
    this._setZoomTransforms(center, zoom);
  },
});

// Tiles are painted one after the other, in slices between which the page answers.
const waiting = [];
const turn = new MessageChannel();
let shown = false; // whether a first view is on the map
turn.port1.onmessage = () => {
  paintUntil(performance.now() + (shown ? SLICE : FIRST_SLICE));
  if (waiting.length) turn.port2.postMessage(null);
  else shown = true;
};

function paintUntil(until) {
  while (waiting.length && performance.now() < until) {
    const [{ work, tile, done }] = waiting;
    if (!tile.gone && !work.next().done) continue;
    waiting.shift();
    if (!tile.gone) done();
  }
}

/** Paint every tile at once: what is printed cannot wait. */
const paintAll = () => paintUntil(Infinity);

function paintSoon(work, tile, done) {
  waiting.push({ work, tile, done });
  if (waiting.length === 1) turn.port2.postMessage(null);
}

/** What is seen on a tile: pixels are units times `scale` minus `ox`, `oy`. */
function tileView({ x, y, z }) {
  const half = 128 * 2 ** z;
  const view = { scale: (2 * half) / UNITS, ox: x * TILE - half, oy: y * TILE - half, zoom: z };
  view.stroke = Math.min(Math.max((z - 8) / 6, 0.5), 1);
  view.shift = [-((x * TILE) % 10), -((y * TILE) % 10)]; // hatches meet at the edges of tiles
  return view;
}

function* paintTile(set, ctx, coords, ratio) {
  const view = tileView(coords);
  const { scale, ox, oy } = view;
  const [w, n] = [(ox - SLACK) / scale, (oy - SLACK) / scale];
  const [e, s] = [(ox + TILE + SLACK) / scale, (oy + TILE + SLACK) / scale];
  const byClass = set.styles.map(() => ({ areas: [], points: [] }));
  const specks = new Specks();
  let seen = 0;
  for (const piece of set.pieces) {
    for (const k of piece.meeting(w, n, e, s)) {
      if (++seen % AT_ONCE === 0) yield;
      if (!set.shows(piece.start + k)) continue;
      const c = set.classOf[piece.start + k];
      const { box, kind, first } = piece.shapes;
      const b = 4 * k;
      if (kind[first[k]] === 0) byClass[c].points.push([piece, k]);
      else if (Math.max(box[b + 2] - box[b], box[b + 3] - box[b + 1]) * scale >= SPECK) byClass[c].areas.push([piece, k]);
      else specks.add(c, box[b] * scale - ox, box[b + 1] * scale - oy, box[b + 2] * scale - ox, box[b + 3] * scale - oy);
    }
  }
  // the strictest class is the first and is drawn last
  for (let c = byClass.length - 1; c >= 0; c--) {
    yield* paintAreas(ctx, byClass[c].areas, set.styles[c], view, ratio);
  }
  specks.paint(ctx, set.styles);
  for (let c = byClass.length - 1; c >= 0; c--) paintPoints(ctx, byClass[c].points, set.styles[c], view);
}

function* paintAreas(ctx, features, style, view, ratio) {
  if (!features.length) return;
  ctx.lineJoin = "round";
  const pen = { fill: style.fill, style, view, giant: GIANT };
  if (style.hatch) {
    pen.fill = hatchOf(ctx, style, ratio);
    pen.fill.setTransform(new DOMMatrix().translate(...view.shift).scale(1 / ratio));
  }
  for (let start = 0; start < features.length; start += BLOCK) {
    if (start % (4 * BLOCK) === 0) yield;
    paintBlock(ctx, features.slice(start, start + BLOCK), pen);
  }
  ctx.setLineDash([]);
}

function paintPoints(ctx, features, style, view) {
  ctx.fillStyle = style.fill;
  for (const [{ shapes }, k] of features) {
    for (let p = shapes.first[k]; p < shapes.first[k + 1]; p++) {
      const v = shapes.vertex[shapes.ring[p]];
      const [x, y] = [shapes.x[v] * view.scale - view.ox, shapes.y[v] * view.scale - view.oy];
      if (features.length > CROWD) ctx.fillRect(x - 1, y - 1, 2, 2);
      else paintSymbol(ctx, style, x, y);
    }
  }
}

/** The pixels of a tile whose middle lies between two places, at least the one between them. */
function pixels(from, to) {
  const middle = Math.floor((from + to) / 2);
  const [first, last] = [Math.min(Math.ceil(from - 0.5), middle), Math.max(Math.ceil(to - 0.5) - 1, middle)];
  return [Math.max(first, 0), Math.min(last, TILE - 1)];
}

/** Shapes too small to be seen as shapes: each colours the pixels under it, at least one.
 *  Where several meet, the strictest class is seen. */
class Specks {
  constructor() {
    this.ranks = null;
  }

  add(c, w, n, e, s) {
    if (!this.ranks) this.ranks = new Uint16Array(TILE * TILE);
    const [[west, east], [north, south]] = [pixels(w, e), pixels(n, s)];
    for (let y = north; y <= south; y++) {
      for (let x = west; x <= east; x++) {
        const rank = this.ranks[y * TILE + x];
        if (rank === 0 || c + 1 < rank) this.ranks[y * TILE + x] = c + 1;
      }
    }
  }

  paint(ctx, styles) {
    if (!this.ranks) return;
    const image = new ImageData(TILE, TILE);
    const pixelsOf = new DataView(image.data.buffer);
    const colours = styles.map((style) => (parseInt((style.alpha === 0 ? style.stroke : style.fill).slice(1), 16) << 8) | 200);
    for (let at = 0; at < this.ranks.length; at++) {
      if (this.ranks[at]) pixelsOf.setUint32(4 * at, colours[this.ranks[at] - 1]);
    }
    const sheet = el("canvas");
    sheet.width = sheet.height = TILE;
    sheet.getContext("2d").putImageData(image, 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(sheet, 0, 0, TILE, TILE);
  }
}
