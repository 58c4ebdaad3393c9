// Names on the map: the tiers first, then the units and what stands in them; none over another.

const LABEL_ORDER = { upper: 0, judged: 1, body: 2, zone: 3, lower: 4 };
const LABEL_FONT = '"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif';
const MOST_TAKEN = 500; // boxes of labels and marks in one view

function makeLabels() {
  S.labels = new Sheet(paintLabels, { pane: addPane("gp-labels", 540), name: "labels" });
  S.labels.addTo(S.map);
}

/** What a feature's label says: its name, below it the code where it is drawn large. */
function labelLines(set, i, wide) {
  const [name, code] = [set.name(i), set.label(i)];
  if (!name) return code.startsWith("@") ? [] : [code];
  return wide && set.layer.role === "judged" ? [name, code] : [name];
}

function paintLabels(ctx, view) {
  if (!S.showLabels) return;
  const taken = S.showMarkers ? markerBoxes() : [];
  const layers = S.data.layers
    .map((layer, z) => [layer, z])
    .filter(([layer]) => layer.role in LABEL_ORDER && S.sets.get(layer.id).seen)
    // of the upper tiers, the lower one names the ground that is looked at
    .sort(([a, y], [b, z]) => LABEL_ORDER[a.role] - LABEL_ORDER[b.role] || y - z);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  for (const [layer, z] of layers) labelLayer(ctx, layer, S.sets.get(layer.id), view, taken, z);
}

/** How far down a label goes to stand free, and take that place; null where there is none. */
function freeShift(taken, px, py, width, height, point) {
  for (const shift of point ? [0] : [0, 18, -18, 34, -34]) {
    const box = [px - width / 2, py + shift - height / 2, px + width / 2, py + shift + height / 2];
    if (taken.some((o) => box[0] < o[2] && box[2] > o[0] && box[1] < o[3] && box[3] > o[1])) continue;
    taken.push(box);
    return shift;
  }
  return null;
}

function labelLayer(ctx, layer, set, view, taken, z) {
  const upper = layer.role === "upper";
  const size = upper ? [16, 14.5, 13][Math.min(z, 2)] : 11.5;
  for (const [i, across] of set.inView(view)) {
    if (taken.length >= MOST_TAKEN) break;
    const point = across === 0;
    if (point ? S.map.getZoom() < 15 : across < (upper ? 70 : 52)) continue;
    if (upper && across > 4000) continue; // the whole view lies in it
    const at = set.at(i);
    const [x, y] = [worldX(at.lng), worldY(at.lat)];
    if (x < view.w || x > view.e || y < view.n || y > view.s) continue;
    const lines = labelLines(set, i, across > 150);
    if (!lines.length) continue;
    const [px, py] = [x * view.scale - view.ox, y * view.scale - view.oy + (point ? 15 : 0)];
    ctx.font = `${upper ? 600 : 500} ${size}px ${LABEL_FONT}`;
    const texts = lines.map((line) => (line.length > 18 ? `${line.slice(0, 17)}…` : line));
    const width = Math.max(...texts.map((line) => ctx.measureText(line).width)) + 6;
    if (!point && width > across * 1.35) continue;
    const height = texts.length * (size + 2) + 2;
    const shift = freeShift(taken, px, py, width, height, point);
    if (shift === null) continue;
    texts.forEach((line, n) => {
      const base = py + shift + (n - (texts.length - 1) / 2) * (size + 2);
      if (n === 1) ctx.font = `400 10px ${LABEL_FONT}`;
      ctx.lineWidth = 3.2;
      ctx.strokeStyle = "rgba(255,255,255,.92)";
      ctx.strokeText(line, px, base);
      ctx.fillStyle = upper ? "#39424e" : "#1c2530";
      ctx.fillText(line, px, base);
    });
  }
}
