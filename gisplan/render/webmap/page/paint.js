// Drawing features on a canvas: fill, hatch, dash and symbol by the properties of their class.

const BLOCK = 64; // features in one path: more makes filling slower than it need be
const SINGLE = 8; // pixels across, from which a feature is filled by itself, so that overlaps show

/** The hatch of a style as a pattern, in its own colour over a pale fill. */
function hatchOf(ctx, style, ratio) {
  const size = 10;
  const tile = document.createElement("canvas");
  tile.width = tile.height = size * ratio;
  const t = tile.getContext("2d");
  t.scale(ratio, ratio);
  t.globalAlpha = style.alpha;
  t.fillStyle = style.fill;
  t.fillRect(0, 0, size, size);
  t.globalAlpha = Math.min(style.alpha + 0.16, 0.9);
  t.strokeStyle = t.fillStyle = style.stroke;
  t.lineWidth = 0.9;
  const slash = () => {
    for (const shift of [-size, 0, size]) {
      t.moveTo(shift - 1, size + 1);
      t.lineTo(shift + size + 1, -1);
    }
  };
  const back = () => {
    for (const shift of [-size, 0, size]) {
      t.moveTo(shift - 1, -1);
      t.lineTo(shift + size + 1, size + 1);
    }
  };
  t.beginPath();
  if (style.hatch === "dots") {
    t.arc(size / 2, size / 2, 1.25, 0, 7);
    t.fill();
  } else {
    if (style.hatch !== "back") slash();
    if (style.hatch !== "slash") back();
    t.stroke();
  }
  const pattern = ctx.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}

/** What is seen: world units to pixels of the sheet, and the world box of the sheet. */
function viewOf(map, bounds) {
  const scale = 256 * 2 ** map.getZoom();
  const origin = map.getPixelOrigin();
  return {
    // from afar thinner lines, or outlines would bury what they enclose
    stroke: Math.min(Math.max((map.getZoom() - 8) / 6, 0.5), 1),
    scale, ox: origin.x, oy: origin.y,
    w: (bounds.min.x + origin.x) / scale, e: (bounds.max.x + origin.x) / scale,
    n: (bounds.min.y + origin.y) / scale, s: (bounds.max.y + origin.y) / scale,
  };
}

function paintSet(ctx, set, view, ratio) {
  if (!set.seen) return;
  const byClass = set.styles.map(() => []);
  const b = set.shapes.box;
  const slack = 12 / view.scale;
  for (let i = 0; i < set.count; i++) {
    if (b[4 * i] > view.e + slack || b[4 * i + 2] < view.w - slack) continue;
    if (b[4 * i + 1] > view.s + slack || b[4 * i + 3] < view.n - slack) continue;
    if (set.shows(i)) byClass[set.classOf[i]].push(i);
  }
  // the strictest class is the first and is drawn last
  for (let c = byClass.length - 1; c >= 0; c--) paintClass(ctx, set, byClass[c], set.styles[c], view, ratio);
}

function paintClass(ctx, set, features, style, view, ratio) {
  if (!features.length) return;
  const pen = { fill: style.hatch ? hatchOf(ctx, style, ratio) : style.fill, style, view, giant: Infinity };
  ctx.lineJoin = "round";
  for (let start = 0; start < features.length; start += BLOCK) {
    paintBlock(ctx, features.slice(start, start + BLOCK).map((i) => [set, i]), pen);
  }
  ctx.setLineDash([]);
}

/** Up to 64 features: small ones in one path, larger ones filled one by one, all outlined. */
function paintBlock(ctx, features, { fill, style, view, giant }) {
  const [small, outlines, lines, specks, points] = [new Path2D(), new Path2D(), new Path2D(), [], []];
  ctx.fillStyle = fill;
  ctx.strokeStyle = style.stroke;
  ctx.lineWidth = style.width * view.stroke;
  ctx.setLineDash(style.dash);
  const wash = (path) => {
    if (style.alpha === 0) return;
    ctx.globalAlpha = style.hatch ? 1 : style.alpha;
    ctx.fill(path, "nonzero");
    ctx.globalAlpha = 1;
  };
  for (const [piece, k] of features) {
    const { box } = piece.shapes;
    const size = Math.max(box[4 * k + 2] - box[4 * k], box[4 * k + 3] - box[4 * k + 1]) * view.scale;
    if (size >= giant) {
      const { area, runs } = nearTile(piece.shapes, k, view);
      wash(area);
      strokeRuns(ctx, runs);
    } else if (size >= SINGLE) {
      const path = new Path2D();
      trace(piece, k, view, path, lines, specks, points);
      wash(path);
      outlines.addPath(path);
    } else trace(piece, k, view, small, lines, specks, points);
  }
  wash(small);
  for (const path of [small, outlines, lines]) ctx.stroke(path);
  ctx.fillStyle = style.stroke;
  for (const [x, y] of specks) ctx.fillRect(x - 0.7, y - 0.7, 1.4, 1.4);
  for (const [x, y] of points) paintSymbol(ctx, style, x, y);
}

function trace(set, i, view, areas, lines, specks, points) {
  const s = set.shapes;
  const { scale, ox, oy } = view;
  for (let p = s.first[i]; p < s.first[i + 1]; p++) {
    if (s.kind[p] === 0) {
      const v = s.vertex[s.ring[p]];
      points.push([s.x[v] * scale - ox, s.y[v] * scale - oy]);
      continue;
    }
    const path = s.kind[p] === 2 ? areas : lines;
    let drawn = false;
    for (let r = s.ring[p]; r < s.ring[p + 1]; r++) {
      const end = s.vertex[r + 1];
      let [lastX, lastY] = [s.x[s.vertex[r]] * scale - ox, s.y[s.vertex[r]] * scale - oy];
      path.moveTo(lastX, lastY);
      for (let v = s.vertex[r] + 1; v < end; v++) {
        const [x, y] = [s.x[v] * scale - ox, s.y[v] * scale - oy];
        // what moves less than half a pixel is not seen; the data keep it
        if (v < end - 1 && Math.abs(x - lastX) < 0.5 && Math.abs(y - lastY) < 0.5) continue;
        if (Math.abs(x - lastX) >= 0.5 || Math.abs(y - lastY) >= 0.5) drawn = true;
        path.lineTo(x, y);
        [lastX, lastY] = [x, y];
      }
    }
    if (!drawn) {
      const v = s.vertex[s.ring[p]];
      specks.push([s.x[v] * scale - ox, s.y[v] * scale - oy]);
    }
  }
}

function paintSymbol(ctx, style, x, y) {
  const r = style.radius;
  ctx.setLineDash([]);
  ctx.beginPath();
  if (style.symbol === "square") ctx.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
  else if (style.symbol === "triangle") {
    ctx.moveTo(x, y - r * 1.15);
    ctx.lineTo(x + r * 1.1, y + r * 0.85);
    ctx.lineTo(x - r * 1.1, y + r * 0.85);
    ctx.closePath();
  } else if (style.symbol === "diamond") {
    ctx.moveTo(x, y - r * 1.2);
    ctx.lineTo(x + r * 1.2, y);
    ctx.lineTo(x, y + r * 1.2);
    ctx.lineTo(x - r * 1.2, y);
    ctx.closePath();
  } else ctx.arc(x, y, r, 0, 7);
  ctx.fillStyle = style.fill;
  ctx.globalAlpha = Math.max(style.alpha, 0.85);
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.strokeStyle = style.stroke;
  ctx.lineWidth = style.width;
  ctx.stroke();
}

/** The sample of a class for the legend, drawn by the same hand as the map. */
function swatch(style, kind) {
  const [width, height] = [28, 16];
  const ratio = Math.max(window.devicePixelRatio || 1, 2);
  const canvas = el("canvas", "gp-swatch", null, { "aria-hidden": "true" });
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  if (kind === 0) {
    paintSymbol(ctx, style, width / 2, height / 2);
    return canvas;
  }
  ctx.setLineDash(style.dash);
  ctx.lineWidth = style.width;
  ctx.strokeStyle = style.stroke;
  ctx.beginPath();
  if (kind === 1 || style.alpha === 0) {
    ctx.moveTo(1, height / 2);
    ctx.lineTo(width - 1, height / 2);
  } else {
    ctx.rect(1.5, 1.5, width - 3, height - 3);
    ctx.fillStyle = style.hatch ? hatchOf(ctx, style, ratio) : style.fill;
    ctx.globalAlpha = style.hatch ? 1 : style.alpha;
    ctx.fill();
    ctx.globalAlpha = 1;
  }
  ctx.stroke();
  return canvas;
}
