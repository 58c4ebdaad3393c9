// Measuring: a line of places on the map, its length, and the area that it closes.

const SNAP = 9; // pixels within which a place is a vertex of the plan

/** The vertex of any layer that is seen, nearest to a place within some pixels; else null. */
function nearestVertex(latlng, pixels) {
  let best = null;
  const reach = pixels / (256 * 2 ** S.map.getZoom());
  const [x, y] = [worldX(latlng.lng), worldY(latlng.lat)];
  const look = (shapes, i, px, py, near, back) => {
    const { first, ring, vertex } = shapes;
    for (let v = vertex[ring[first[i]]]; v < vertex[ring[first[i + 1]]]; v++) {
      const off = Math.hypot(shapes.x[v] - px, shapes.y[v] - py) / near;
      if (off <= (best ? best.off : 1)) best = { off, at: [lonOf(back(shapes.x[v])), latOf(back(shapes.y[v]))] };
    }
  };
  for (const set of [...S.sets.values(), S.evidence]) {
    if (!set.seen) continue;
    if (set instanceof PackedSet) {
      const [ux, uy, near] = [toUnit(x), toUnit(y), reach * UNITS];
      for (const piece of set.pieces) {
        for (const k of piece.meeting(ux - near, uy - near, ux + near, uy + near)) {
          if (set.shows(piece.start + k)) look(piece.shapes, k, ux, uy, near, toWorld);
        }
      }
      continue;
    }
    const { box } = set.shapes;
    for (let i = 0; i < set.count; i++) {
      if (box[4 * i] - reach > x || box[4 * i + 2] + reach < x || box[4 * i + 1] - reach > y || box[4 * i + 3] + reach < y) continue;
      if (set.shows(i)) look(set.shapes, i, x, y, reach, (it) => it);
    }
  }
  return best && best.at;
}

function lengthText(m) {
  return m < 1000 ? `${m.toFixed(2)} m` : `${(m / 1000).toFixed(m < 100000 ? 3 : 1)} km`;
}

/** An area in square metres, hectares and mu (15 to a hectare). */
function areaTexts(m2) {
  const round = (value) => value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 4 : value < 1e4 ? 2 : 1 });
  return [`${round(m2)} m²`, `${round(m2 / 1e4)} ${U("hectare")}`, `${round((m2 * 3) / 2000)} ${U("mu")}`];
}

function lengthOf(places) {
  let sum = 0;
  for (let k = 1; k < places.length; k++) sum += geodesicLength(places[k - 1], places[k]);
  return sum;
}

/** Start and end measuring, and what belongs to it: the tool, the line, the box of results. */
function makeMeasure(control) {
  const map = S.map;
  const state = (S.measure = { on: false, places: [], done: false });
  const frame = map.getContainer();
  const tool = button("", svg("svg", { viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true" }, [
    svg("path", { d: "M2 13 13 2l5 5L7 18ZM5 10l2 2M8 7l3 3M11 4l2 2", fill: "none", stroke: "currentColor", "stroke-width": 1.5, "stroke-linejoin": "round" }),
  ]), () => (state.on ? stop() : start()), { "data-tool": "measure", "aria-pressed": "false" });
  worded(tool, "measure_tool", "title");
  worded(tool, "measure_tool", "aria-label");
  S.tools = el("div", "gp-tools", tool);
  control("topleft", () => S.tools);

  const results = el("div", "gp-measured", null, { role: "status" });
  const act = (key, onClick) => worded(button("", "", () => {
    onClick();
    frame.focus();
  }, { "data-measure": key }), key);
  const box = el("div", "gp-measure", [
    results, el("div", "gp-measure-acts", [act("measure_undo", back), act("measure_clear", clear), act("close", stop)]),
  ]);
  worded(box, "measure_tool", "aria-label");
  box.setAttribute("role", "group");
  L.DomEvent.disableClickPropagation(box);

  addPane("gp-measure", 545);
  const look = { pane: "gp-measure", interactive: false };
  const ground = L.polygon([], { ...look, stroke: false, fill: true, fillColor: "#0b5fa5", fillOpacity: 0.12 });
  const halo = L.polyline([], { ...look, color: "#fff", weight: 5 });
  const line = L.polyline([], { ...look, color: "#0b5fa5", weight: 2.5, className: "gp-measure-line" });
  const closing = L.polyline([], { ...look, color: "#0b5fa5", weight: 1.5, dashArray: "4 4" });
  const dots = L.layerGroup();
  const drawn = L.layerGroup([ground, halo, closing, line, dots]);

  function draw(moving) {
    const places = moving && !state.done ? [...state.places, moving] : state.places;
    const latLngs = places.map(([lon, lat]) => [lat, lon]);
    const closed = places.length > 2;
    ground.setLatLngs(closed ? latLngs : []);
    halo.setLatLngs(latLngs);
    line.setLatLngs(latLngs);
    closing.setLatLngs(closed ? [latLngs[latLngs.length - 1], latLngs[0]] : []);
    dots.clearLayers();
    for (const [lon, lat] of state.places) {
      L.circleMarker([lat, lon], { ...look, radius: 4, color: "#0b5fa5", weight: 2, fillColor: "#fff", fillOpacity: 1 }).addTo(dots);
    }
    write(places);
  }

  function write(places) {
    if (!state.places.length) {
      results.replaceChildren(el("p", "gp-sub", U("measure_how")));
      return;
    }
    const length = lengthOf(places);
    const lines = [row(U("length"), lengthText(length))];
    if (places.length > 2) {
      lines.push(row(U("perimeter"), lengthText(length + geodesicLength(places[places.length - 1], places[0]))));
      const area = crossesItself(places) ? [U("crosses")] : areaTexts(geodesicArea(places));
      lines.push(row(U("area"), area.map((text) => el("span", "", text))));
    }
    results.replaceChildren(el("dl", "", lines), el("p", "gp-sub", U("on_ellipsoid")));
  }

  function add(latlng, exact) {
    if (state.done) clear();
    const { lng, lat } = latlng.wrap();
    const place = (exact ? null : nearestVertex(latlng, SNAP)) ?? [lng, lat];
    const last = state.places[state.places.length - 1];
    if (!last || last[0] !== place[0] || last[1] !== place[1]) state.places.push(place);
    draw();
  }

  function back() {
    state.places.pop();
    state.done = false;
    draw();
  }

  function clear() {
    state.places = [];
    state.done = false;
    draw();
  }

  function start() {
    state.on = true;
    map.closePopup();
    map.doubleClickZoom.disable();
    drawn.addTo(map);
    frame.classList.add("gp-measuring");
    frame.append(box);
    tool.setAttribute("aria-pressed", "true");
    clear();
    frame.focus();
    S.writeCoordinates();
  }

  function stop() {
    clear();
    state.on = false;
    map.doubleClickZoom.enable();
    drawn.remove();
    frame.classList.remove("gp-measuring");
    box.remove();
    tool.setAttribute("aria-pressed", "false");
    tool.focus();
    S.writeCoordinates();
  }

  map.on("click", (event) => state.on && add(event.latlng, event.originalEvent && event.originalEvent.altKey));
  map.on("dblclick", () => {
    if (!state.on) return;
    state.done = state.places.length > 1;
    draw();
  });
  map.on("mousemove", (event) => {
    if (!state.on || state.done || !state.places.length) return;
    const { lng, lat } = event.latlng.wrap();
    draw((event.originalEvent.altKey ? null : nearestVertex(event.latlng, SNAP)) ?? [lng, lat]);
  });
  const keys = {
    Escape: () => (state.places.length ? clear() : stop()),
    Enter: () => add(map.getCenter()),
    " ": () => add(map.getCenter()),
    Backspace: back,
  };
  document.addEventListener("keydown", (event) => {
    if (!state.on || !keys[event.key]) return;
    const here = document.activeElement === frame || box.contains(document.activeElement);
    if (event.key !== "Escape" && document.activeElement !== frame) return; // buttons and fields keep their keys
    if (!here && document.activeElement !== document.body && document.activeElement !== tool) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  }, true);
  S.hooks.push(() => draw());
}
