// A layer of any number of features in pieces: integers in memory, texts decoded when asked for.

const UNITS = 2 * Math.PI * 6378137 * 100; // the world's breadth in units of the map (mercator.py)
const toWorld = (unit) => unit / UNITS + 0.5;
const toUnit = (world) => (world - 0.5) * UNITS;
const LEAF = 64; // features that share a box in the index

/** A run of features that stands for itself. One that is missing has `shapes` null. */
class Piece {
  constructor(start, record) {
    Object.assign(this, { start, count: record.count, box: record.box, shapes: null, columns: null });
  }

  /** Take in the segments of the piece: shapes, classes, then one for each column. */
  open([shapes, classes, ...columns], kinds) {
    this.classOf = new Reader(classes).take(this.count);
    this.columns = kinds.map(({ kind, decimals }, c) => (kind === "number"
      ? new NumberColumn(columns[c], this.count, decimals) : new TextColumn(columns[c], this.count)));
    const unpacked = unpackShapes(shapes, this.count);
    unpacked.box = boxesOf(unpacked, this.count);
    Object.assign(this, leavesOf(unpacked.box, this.count));
    this.shapes = unpacked;
  }

  has(i) {
    return this.shapes !== null && this.shapes.first[i] < this.shapes.first[i + 1];
  }

  /** Features whose box meets a box, in units; `least` skips leaves without any so wide. */
  * meeting(w, n, e, s, least = 0) {
    if (!this.shapes) return;
    const { leaves, widest, order, shapes: { box } } = this;
    for (let leaf = 0; leaf < widest.length; leaf++) {
      const b = 4 * leaf;
      if (widest[leaf] < least || leaves[b] > e || leaves[b + 2] < w || leaves[b + 1] > s || leaves[b + 3] < n) continue;
      for (let k = leaf * LEAF; k < Math.min(leaf * LEAF + LEAF, order.length); k++) {
        const f = 4 * order[k];
        if (box[f] <= e && box[f + 2] >= w && box[f + 1] <= s && box[f + 3] >= n) yield order[k];
      }
    }
  }
}

/** The box of each feature: west, north, east, south. */
function boxesOf({ x, y, vertex, ring, first }, count) {
  const box = new Int32Array(4 * count);
  for (let i = 0; i < count; i++) {
    let [w, n, e, s] = [2147483647, 2147483647, -2147483648, -2147483648];
    const end = vertex[ring[first[i + 1]]];
    for (let v = vertex[ring[first[i]]]; v < end; v++) {
      if (x[v] < w) w = x[v];
      if (x[v] > e) e = x[v];
      if (y[v] < n) n = y[v];
      if (y[v] > s) s = y[v];
    }
    const b = 4 * i;
    box[b] = w;
    box[b + 1] = n;
    box[b + 2] = e;
    box[b + 3] = s;
  }
  return box;
}

/** Features with a shape along a Morton curve, the boxes of each 64 of them, and the widest. */
function leavesOf(box, count) {
  let [w, n, e, s] = [Infinity, Infinity, -Infinity, -Infinity];
  const placed = [];
  for (let i = 0; i < count; i++) {
    if (box[4 * i] > box[4 * i + 2]) continue; // no shape
    placed.push(i);
    w = Math.min(w, box[4 * i]);
    n = Math.min(n, box[4 * i + 1]);
    e = Math.max(e, box[4 * i]);
    s = Math.max(s, box[4 * i + 1]);
  }
  const scale = 32767 / Math.max(e - w, s - n, 1);
  const keys = new Uint32Array(placed.length);
  placed.forEach((i, k) => {
    keys[k] = spread((box[4 * i] - w) * scale) | (spread((box[4 * i + 1] - n) * scale) << 1);
  });
  const order = sorted(Uint32Array.from(placed), keys);
  const leaves = new Int32Array(4 * Math.ceil(order.length / LEAF)).fill(2147483647);
  const widest = new Float64Array(leaves.length / 4);
  order.forEach((i, k) => {
    const leaf = Math.floor(k / LEAF);
    const [b, f] = [4 * leaf, 4 * i];
    if (k % LEAF === 0) leaves[b + 2] = leaves[b + 3] = -2147483648;
    leaves[b] = Math.min(leaves[b], box[f]);
    leaves[b + 1] = Math.min(leaves[b + 1], box[f + 1]);
    leaves[b + 2] = Math.max(leaves[b + 2], box[f + 2]);
    leaves[b + 3] = Math.max(leaves[b + 3], box[f + 3]);
    widest[leaf] = Math.max(widest[leaf], box[f + 2] - box[f]);
  });
  return { order, leaves, widest };
}

/** The lowest 15 bits of a number, each followed by a free one. */
function spread(value) {
  let bits = value & 0x7fff;
  bits = (bits | (bits << 8)) & 0x00ff00ff;
  bits = (bits | (bits << 4)) & 0x0f0f0f0f;
  bits = (bits | (bits << 2)) & 0x33333333;
  return (bits | (bits << 1)) & 0x55555555;
}

/** Values by ascending keys. */
function sorted(values, keys) {
  const pairs = new Float64Array(values.length);
  values.forEach((value, k) => {
    pairs[k] = keys[k] * 4194304 + value; // keys are below 2^30, values below 2^22
  });
  return Uint32Array.from(pairs.sort(), (pair) => pair % 4194304);
}

/** What geometry.js's FeatureSet is, for a packed layer. */
class PackedSet extends FeatureSet {
  constructor(layer, styles) {
    super(layer.id, layer, { f: [], k: [] }, new Uint16Array(layer.count), styles, layer.count);
    this.pieces = [];
    let start = 0;
    for (const record of layer.pieces) {
      this.pieces.push(new Piece(start, record));
      start += record.count;
    }
    this.starts = this.pieces.map((piece) => piece.start);
    layer.fields.forEach((field, f) => {
      field.column = 2 + f; // after code and name
    });
  }

  /** Take in what a piece holds. */
  arrive(number, segments) {
    const piece = this.pieces[number];
    piece.open(segments, this.layer.columns);
    this.classOf.set(piece.classOf, piece.start);
    piece.classOf = null;
  }

  /** When all pieces are in: how the legend samples each class. */
  settle() {
    const counts = this.styles.map(() => [0, 0, 0]);
    for (const { shapes, start, count } of this.pieces) {
      for (let i = 0; shapes && i < count; i++) {
        for (let p = shapes.first[i]; p < shapes.first[i + 1]; p++) counts[this.classOf[start + i]][shapes.kind[p]]++;
      }
    }
    this.kinds = counts.map((count) => (Math.max(...count) ? count.indexOf(Math.max(...count)) : AREA));
  }

  /** The piece of a feature, and its number there. */
  inPiece(i) {
    const piece = this.pieces[lastUpTo(this.starts, i)];
    return [piece, i - piece.start];
  }

  fromColumn(c, i) {
    const [piece, k] = this.inPiece(i);
    if (!piece.columns) return null;
    const value = piece.columns[c].at(k);
    return value !== null && this.layer.columns[c].kind === "json" ? JSON.parse(value) : value;
  }

  has(i) {
    const [piece, k] = this.inPiece(i);
    return piece.has(k);
  }

  /** Whether the piece of a feature has come. */
  here(i) {
    return this.inPiece(i)[0].shapes !== null;
  }

  bounds(i) {
    if (!this.has(i)) return null;
    const [piece, k] = this.inPiece(i);
    const [w, n, e, s] = [...piece.shapes.box.subarray(4 * k, 4 * k + 4)].map(toWorld);
    return L.latLngBounds([latOf(s), lonOf(w)], [latOf(n), lonOf(e)]);
  }

  /** A point on the feature: of an area the middle of its widest stretch at half its height. */
  at(i) {
    if (!this.has(i)) return null;
    const [piece, k] = this.inPiece(i);
    const [x, y] = pointOn(piece.shapes, k);
    return L.latLng(latOf(toWorld(y)), lonOf(toWorld(x)));
  }

  label(i) {
    return this.fromColumn(0, i) ?? "";
  }

  name(i) {
    return this.fromColumn(1, i) ?? "";
  }

  cell(field, i) {
    return this.fromColumn(field.column, i);
  }

  indexOf(label) {
    const wanted = fold(String(label ?? ""));
    for (const { columns, start } of wanted ? this.pieces : []) {
      if (!columns) continue;
      for (const [rank, k] of columns[0].search(wanted, MOST_ALIKE)) {
        if (rank === 0 && columns[0].at(k) === label) return start + k;
      }
    }
    return -1;
  }

  search(wanted) {
    const found = new Map();
    for (const { columns, start } of this.pieces) {
      for (const column of columns ? columns.slice(0, 2) : []) {
        for (const [rank, k] of column.search(wanted, MOST_HITS)) {
          found.set(start + k, Math.min(rank, found.get(start + k) ?? rank));
        }
      }
    }
    return [...found].map(([i, rank]) => [rank, i]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }

  find(latlng, pixels) {
    const near = (pixels * UNITS) / (256 * 2 ** S.map.getZoom());
    const [x, y] = [toUnit(worldX(latlng.lng)), toUnit(worldY(latlng.lat))];
    const found = [];
    for (const piece of this.pieces) {
      for (const k of piece.meeting(x - near, y - near, x + near, y + near)) {
        if (this.shows(piece.start + k) && hits(piece, k, x, y, near)) found.push(piece.start + k);
      }
    }
    return found.sort((a, b) => this.classOf[a] - this.classOf[b] || a - b);
  }

  inView(view) {
    const [w, n, e, s] = [view.w, view.n, view.e, view.s].map(toUnit);
    const pixels = view.scale / UNITS;
    // no label fits on what is narrower; points have theirs from zoom 15 on
    const least = S.map.getZoom() < 15 ? 50 / pixels : 0;
    const found = [];
    for (const piece of this.pieces) {
      for (const k of piece.meeting(w, n, e, s, least)) {
        const across = (piece.shapes.box[4 * k + 2] - piece.shapes.box[4 * k]) * pixels;
        if (this.shows(piece.start + k)) found.push([piece.start + k, across]);
      }
    }
    return found;
  }

  extent() {
    const all = L.latLngBounds([]);
    for (const { box } of this.pieces) {
      if (!box) continue;
      const [w, n, e, s] = box.map(toWorld);
      all.extend([latOf(s), lonOf(w)]).extend([latOf(n), lonOf(e)]);
    }
    return all;
  }

  latLngs(i) {
    const [piece, k] = this.inPiece(i);
    return latLngs(piece, k, (x) => lonOf(toWorld(x)), (y) => latOf(toWorld(y)));
  }
}

const MOST_ALIKE = 64; // codes that are the same when folded

function pointOn(shapes, i) {
  const { first, kind, ring, vertex, x, y, box } = shapes;
  const p = first[i];
  const from = vertex[ring[p]];
  if (kind[p] !== AREA) {
    const middle = from + ((vertex[ring[p] + 1] - from) >> 1);
    return [x[middle], y[middle]];
  }
  const height = (box[4 * i + 1] + box[4 * i + 3]) / 2 + 0.25; // on no vertex
  const crossings = [];
  for (let r = ring[first[i]]; r < ring[first[i + 1]]; r++) {
    for (let v = vertex[r] + 1; v < vertex[r + 1]; v++) {
      if (y[v - 1] > height !== y[v] > height) {
        crossings.push(x[v - 1] + ((x[v] - x[v - 1]) * (height - y[v - 1])) / (y[v] - y[v - 1]));
      }
    }
  }
  crossings.sort((a, b) => a - b);
  let best = [x[from], y[from], 0];
  for (let k = 0; k + 1 < crossings.length; k += 2) {
    const wide = crossings[k + 1] - crossings[k];
    if (wide > best[2]) best = [(crossings[k] + crossings[k + 1]) / 2, height, wide];
  }
  return best;
}
