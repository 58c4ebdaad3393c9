// Small marks at the findings, so that a sliver one metre wide is seen; near ones are one mark.

const GATHER = 26; // pixels within which findings share a mark

/** Whether a finding concerns a district by number; "none": no single one. */
function inDistrict(f, district) {
  return district === "none" ? !f.districts.length : f.districts.includes(Number(district));
}

function shownFindings() {
  return worstFirst().filter((f) => S.severities.has(f.severity)
    && (!S.rule || f.code === S.rule)
    && (!S.family || f.code.startsWith(S.family))
    && (!S.ruling || f.ruling === S.ruling)
    && (!S.district || inDistrict(f, S.district)));
}

/** All findings, what weighs most first: open ones, errors, what heritage law forbids. */
function worstFirst() {
  if (!S.ranked) {
    const rulings = Object.keys(S.data.words.ruling);
    const weigh = (f) => [
      f.state === "waived" ? 1 : 0,
      SEVERITIES.indexOf(f.severity),
      f.ruling ? rulings.indexOf(f.ruling) : rulings.length,
    ];
    S.ranked = S.data.findings.rows
      .map((f) => [f, weigh(f)])
      .sort(([, a], [, b]) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])
      .map(([f]) => f);
  }
  return S.ranked;
}

function makeMarkers() {
  S.markers = L.layerGroup().addTo(S.map);
  S.map.on("moveend", () => {
    placeMarkers();
    S.labels.redraw();
  });
}

/** Where marks stand, in pixels of the map's layers: labels keep clear of them. */
function markerBoxes() {
  return S.markers.getLayers().map((marker) => {
    const { x, y } = S.map.latLngToLayerPoint(marker.getLatLng());
    return [x - 11, y - 11, x + 11, y + 11];
  });
}

function placeMarkers() {
  S.markers.clearLayers();
  if (!S.showMarkers) return;
  const view = S.map.getBounds().pad(0.1);
  const cells = new Map();
  for (const f of shownFindings()) { // errors first: a mark shows its strictest
    if (!f.at || !view.contains([f.at[1], f.at[0]])) continue;
    const point = S.map.project([f.at[1], f.at[0]]);
    const [cx, cy] = [Math.floor(point.x / GATHER), Math.floor(point.y / GATHER)];
    let near = null;
    for (let dx = -1; dx <= 1 && !near; dx++) {
      for (let dy = -1; dy <= 1 && !near; dy++) {
        near = (cells.get(`${cx + dx},${cy + dy}`) ?? []).find((g) => g.point.distanceTo(point) < GATHER);
      }
    }
    if (near) {
      near.findings.push(f);
    } else {
      const key = `${cx},${cy}`;
      if (!cells.has(key)) cells.set(key, []);
      cells.get(key).push({ point, findings: [f] });
    }
  }
  for (const groups of cells.values()) for (const group of groups) addMarker(group.findings);
}

function addMarker(findings) {
  const [first] = findings;
  const icon = el("span", first.state === "waived" ? "gp-mark gp-waived" : "gp-mark", severityMark(first.severity, 20));
  if (findings.length > 1) icon.append(el("b", "gp-many", findings.length > 99 ? "99+" : String(findings.length)));
  const marker = L.marker([first.at[1], first.at[0]], {
    icon: L.divIcon({ className: "gp-icon", html: icon, iconSize: [20, 20] }),
    keyboard: false, // the list beside the map is the way for the keyboard
    zIndexOffset: (SEVERITIES.length - SEVERITIES.indexOf(first.severity)) * 1000,
  });
  marker.on("click", () => {
    if (findings.length === 1) openFinding(first, { fly: false });
    else showCard(() => gatheredCard(findings), marker.getLatLng());
  });
  marker.addTo(S.markers);
}
