// Shapes far larger than a tile: only what comes near the tile is drawn, exactly as the whole.

const NEAR = 40; // pixels around a tile that are kept

/** On which sides of the tile's surroundings a pixel lies. */
function sides(x, y) {
  return (x < -NEAR ? 1 : x > TILE + NEAR ? 2 : 0) | (y < -NEAR ? 4 : y > TILE + NEAR ? 8 : 0);
}

/** A feature near a tile: `area` to be filled, `runs` of line, each with its way from the start. */
function nearTile(shapes, i, view) {
  const { first, kind, ring, vertex, x, y } = shapes;
  const area = new Path2D();
  const runs = [];
  for (let p = first[i]; p < first[i + 1]; p++) {
    for (let r = ring[p]; r < ring[p + 1]; r++) {
      const points = [];
      for (let v = vertex[r]; v < vertex[r + 1]; v++) {
        points.push([x[v] * view.scale - view.ox, y[v] * view.scale - view.oy]);
      }
      if (kind[p] === AREA) traceArea(area, points);
      addRuns(runs, points);
    }
  }
  return { area, runs };
}

/** Leave out what lies with its neighbours on one side of the tile: it cannot wind around it. */
function traceArea(path, points) {
  const codes = points.map(([x, y]) => sides(x, y));
  let beyond = codes[0];
  path.moveTo(...points[0]);
  for (let k = 1; k < points.length; k++) {
    beyond &= codes[k];
    if (k + 1 < points.length && (beyond & codes[k + 1]) !== 0) continue;
    path.lineTo(...points[k]);
    beyond = codes[k];
  }
  path.closePath();
}

function addRuns(runs, points) {
  let [way, run] = [0, null];
  for (let k = 1; k < points.length; k++) {
    const [[x1, y1], [x2, y2]] = [points[k - 1], points[k]];
    const length = Math.hypot(x2 - x1, y2 - y1);
    const kept = within(x1, y1, x2, y2);
    if (kept) {
      const [from, to] = kept;
      if (!run || from > 0) runs.push((run = { way: way + from * length, points: [[x1 + from * (x2 - x1), y1 + from * (y2 - y1)]] }));
      run.points.push([x1 + to * (x2 - x1), y1 + to * (y2 - y1)]);
      if (to < 1) run = null;
    } else run = null;
    way += length;
  }
}

/** The stretch of a line, from 0 to 1, that lies near the tile, or null. */
function within(x1, y1, x2, y2) {
  let [from, to] = [0, 1];
  for (const [start, step] of [[x1, x2 - x1], [y1, y2 - y1]]) {
    if (step === 0) {
      if (start < -NEAR || start > TILE + NEAR) return null;
      continue;
    }
    const [a, b] = [(-NEAR - start) / step, (TILE + NEAR - start) / step];
    from = Math.max(from, Math.min(a, b));
    to = Math.min(to, Math.max(a, b));
  }
  return from <= to ? [from, to] : null;
}

/** Stroke each run with the dashes where they would be on the whole line. */
function strokeRuns(ctx, runs) {
  for (const { way, points } of runs) {
    ctx.lineDashOffset = way;
    ctx.beginPath();
    points.forEach(([x, y], k) => (k ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    ctx.stroke();
  }
  ctx.lineDashOffset = 0;
}
