// Shapes out of the packed lists, in the world of the map: x and y from 0 to 1, y downwards.

const DEGREE = 1e-7;
const worldX = (lon) => lon / 360 + 0.5;
const worldY = (lat) => {
  const s = Math.min(Math.max(Math.sin((lat * Math.PI) / 180), -0.9999), 0.9999);
  return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
};
const lonOf = (x) => (x - 0.5) * 360;
const latOf = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

/** One layer's features. Shapes are unpacked when they are first asked for. */
class FeatureSet {
  constructor(id, layer, shapes, classOf, styles, count) {
    Object.assign(this, { id, layer, packed: shapes, classOf, styles, count });
    this.hidden = null; // predicate on a feature, for filters
    this.off = new Set(); // classes that are switched off
    this.kinds = kindsOf(shapes, classOf, styles.length);
  }

  /** Whether the layer is switched on and the map is near enough for it. */
  get seen() {
    return this.on && S.map.getZoom() >= ((this.layer && this.layer.fromZoom) || 0);
  }

  get shapes() {
    if (!this._shapes) {
      this._shapes = unpack(this.packed, this.count);
      this.packed = null;
    }
    return this._shapes;
  }

  shows(i) {
    return !this.off.has(this.classOf[i]) && !(this.hidden && this.hidden(i));
  }

  has(i) {
    const s = this.shapes;
    return s.first[i] < s.first[i + 1];
  }

  /** Bounds for the map, or null for a feature without a place. */
  bounds(i) {
    if (!this.has(i)) return null;
    const b = this.shapes.box.subarray(4 * i, 4 * i + 4);
    return L.latLngBounds([latOf(b[3]), lonOf(b[0])], [latOf(b[1]), lonOf(b[2])]);
  }

  label(i) {
    return this.layer.label[i];
  }

  name(i) {
    return this.layer.name[i];
  }

  cell(field, i) {
    return field.values[i];
  }

  indexOf(label) {
    return this.layer.label.indexOf(label);
  }

  /** Features shown at a place; lines and points within so many pixels of it. */
  find(latlng, pixels) {
    const near = pixels / (256 * 2 ** S.map.getZoom());
    const [x, y] = [worldX(latlng.lng), worldY(latlng.lat)];
    const found = [];
    for (let i = 0; i < this.count; i++) if (this.shows(i) && hits(this, i, x, y, near)) found.push(i);
    return found;
  }

  /** Features shown in a view, each with its width there in pixels. */
  inView(view) {
    const b = this.shapes.box;
    const found = [];
    for (let i = 0; i < this.count; i++) {
      if (b[4 * i] > view.e || b[4 * i + 2] < view.w || b[4 * i + 1] > view.s || b[4 * i + 3] < view.n) continue;
      if (this.shows(i)) found.push([i, (b[4 * i + 2] - b[4 * i]) * view.scale]);
    }
    return found;
  }

  extent() {
    const all = L.latLngBounds([]);
    for (let i = 0; i < this.count; i++) {
      const bounds = this.bounds(i);
      if (bounds) all.extend(bounds);
    }
    return all;
  }

  latLngs(i) {
    return latLngs(this, i);
  }

  /** Features whose code or name is, begins with or holds a folded text, each with that rank. */
  search(wanted) {
    if (!this.folded) this.folded = this.layer.label.map((label, i) => [fold(label), fold(this.name(i))]);
    const found = [];
    this.folded.forEach(([code, name], i) => {
      const rank = Math.min(rankOf(code, wanted), rankOf(name, wanted));
      if (rank < 3) found.push([rank, i]);
    });
    return found;
  }

  /** A point on the feature. */
  at(i) {
    const at = this.layer && this.layer.at;
    if (at && at[2 * i] !== null) return L.latLng(at[2 * i + 1] * DEGREE, at[2 * i] * DEGREE);
    const bounds = this.bounds(i);
    return bounds ? bounds.getCenter() : null;
  }
}

/** How each class is sampled in the legend: 0 a symbol, 1 a line, 2 an area; as most of it is. */
function kindsOf(packed, classOf, classes) {
  const counts = Array.from({ length: classes }, () => [0, 0, 0]);
  packed.f.forEach((f, p) => {
    counts[classOf[f]][packed.k[p]]++;
  });
  return counts.map((count) => {
    const most = Math.max(...count);
    return most ? count.indexOf(most) : 2;
  });
}

function unpack(packed, count) {
  const total = packed.d.length / 2;
  const x = new Float64Array(total);
  const y = new Float64Array(total);
  for (let i = 0, lon = 0, lat = 0; i < total; i++) {
    lon += packed.d[2 * i];
    lat += packed.d[2 * i + 1];
    x[i] = worldX(lon * DEGREE);
    y[i] = worldY(lat * DEGREE);
  }
  const parts = packed.f.length;
  const ring = new Int32Array(parts + 1); // first ring of each part
  for (let p = 0; p < parts; p++) ring[p + 1] = ring[p] + packed.r[p];
  const vertex = new Int32Array(packed.n.length + 1); // first vertex of each ring
  for (let r = 0; r < packed.n.length; r++) vertex[r + 1] = vertex[r] + packed.n[r];
  const first = new Int32Array(count + 1); // first part of each feature
  for (const f of packed.f) first[f + 1]++;
  for (let i = 0; i < count; i++) first[i + 1] += first[i];
  const box = new Float64Array(4 * count);
  for (let i = 0; i < count; i++) {
    let [w, n, e, s] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let v = vertex[ring[first[i]]]; v < vertex[ring[first[i + 1]]]; v++) {
      if (x[v] < w) w = x[v];
      if (x[v] > e) e = x[v];
      if (y[v] < n) n = y[v];
      if (y[v] > s) s = y[v];
    }
    box.set([w, n, e, s], 4 * i);
  }
  return { x, y, kind: packed.k, ring, vertex, first, box };
}

/** Whether a feature is at a world point; `near` is the tolerance in world units. */
function hits(set, i, px, py, near) {
  const s = set.shapes;
  const b = s.box;
  if (px < b[4 * i] - near || px > b[4 * i + 2] + near) return false;
  if (py < b[4 * i + 1] - near || py > b[4 * i + 3] + near) return false;
  for (let p = s.first[i]; p < s.first[i + 1]; p++) {
    if (s.kind[p] === 2 ? inPolygon(s, p, px, py) : nearLine(s, p, px, py, near)) return true;
  }
  return false;
}

function inPolygon(s, p, px, py) {
  let inside = false;
  for (let r = s.ring[p]; r < s.ring[p + 1]; r++) {
    for (let v = s.vertex[r] + 1; v < s.vertex[r + 1]; v++) {
      const [x1, y1, x2, y2] = [s.x[v - 1], s.y[v - 1], s.x[v], s.y[v]];
      if (y1 > py !== y2 > py && px < ((x2 - x1) * (py - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside;
}

function nearLine(s, p, px, py, near) {
  for (let r = s.ring[p]; r < s.ring[p + 1]; r++) {
    for (let v = s.vertex[r]; v < s.vertex[r + 1]; v++) {
      const w = Math.min(v + 1, s.vertex[r + 1] - 1);
      const [dx, dy] = [s.x[w] - s.x[v], s.y[w] - s.y[v]];
      const length = dx * dx + dy * dy;
      const along = length ? ((px - s.x[v]) * dx + (py - s.y[v]) * dy) / length : 0;
      const t = Math.min(Math.max(along, 0), 1);
      const [ex, ey] = [s.x[v] + t * dx - px, s.y[v] + t * dy - py];
      if (ex * ex + ey * ey <= near * near) return true;
    }
  }
  return false;
}

/** A feature's shape as lists of LatLng, for a highlight: {areas, lines, points}. */
function latLngs(set, i, lon = lonOf, lat = latOf) {
  const s = set.shapes;
  const out = { areas: [], lines: [], points: [] };
  for (let p = s.first[i]; p < s.first[i + 1]; p++) {
    const rings = [];
    for (let r = s.ring[p]; r < s.ring[p + 1]; r++) {
      const line = [];
      for (let v = s.vertex[r]; v < s.vertex[r + 1]; v++) line.push([lat(s.y[v]), lon(s.x[v])]);
      rings.push(line);
    }
    if (s.kind[p] === 2) out.areas.push(rings);
    else if (s.kind[p] === 1) out.lines.push(rings[0]);
    else out.points.push(rings[0][0]);
  }
  return out;
}
