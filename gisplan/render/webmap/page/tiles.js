// A base map of tiles, where the page was made with one. Without network the page works as before.

/** CGCS2000 to GCJ-02, both in degrees; the formula is unofficial and good to a few metres. */
function toGcj(lng, lat) {
  const [x, y] = [lng - 105, lat - 35];
  const wave = (t) => (20 * Math.sin(6 * t * Math.PI) + 20 * Math.sin(2 * t * Math.PI)) * 2 / 3;
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + wave(x);
  north += (20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2 / 3;
  north += (160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2 / 3;
  let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + wave(x);
  east += (20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2 / 3;
  east += (150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2 / 3;
  const [a, ee] = [6378245, 0.00669342162296594323];
  const radians = (lat * Math.PI) / 180;
  const magic = 1 - ee * Math.sin(radians) ** 2;
  const root = Math.sqrt(magic);
  return [
    lng + (east * 180) / ((a / root) * Math.cos(radians) * Math.PI),
    lat + (north * 180) / (((a * (1 - ee)) / (magic * root)) * Math.PI),
  ];
}

/** Tiles in GCJ-02, moved as a whole by the shift at the middle of the view. */
const ShiftedTiles = L.TileLayer.extend({
  _shift(center, zoom) {
    const [lng, lat] = toGcj(center.lng, center.lat);
    return this._map.project(L.latLng(lat, lng), zoom).subtract(this._map.project(center, zoom));
  },

  _getTiledPixelBounds(center) {
    const bounds = L.TileLayer.prototype._getTiledPixelBounds.call(this, center);
    const shift = this._shift(center, this._tileZoom);
    return L.bounds(bounds.min.add(shift), bounds.max.add(shift));
  },

  _setZoomTransform(level, center, zoom) {
    const scale = this._map.getZoomScale(zoom, level.zoom);
    const moved = level.origin.multiplyBy(scale).subtract(this._map._getNewPixelOrigin(center, zoom))
      .subtract(this._shift(center, zoom)).round();
    L.DomUtil.setTransform(level.el, moved, scale);
  },
});

function makeBaseTiles() {
  const base = S.data.base;
  if (!base) return;
  const said = el("span", "gp-base-said", "", { role: "status" });
  const credit = el("span", "");
  S.hooks.push(() => {
    credit.textContent = T(base.credit);
  });
  const box = el("div", "gp-base", [credit, said]);
  let [fine, failed] = [0, 0];
  const tell = () => {
    said.hidden = fine > 0 || failed === 0;
    said.textContent = U("base_failed");
  };
  S.hooks.push(tell);
  const Kind = base.shifted ? ShiftedTiles : L.TileLayer;
  let layers = [];
  const show = (key) => {
    for (const layer of layers) layer.remove();
    [fine, failed] = [0, 0];
    layers = base.urls.map((url) => new Kind(url, {
      subdomains: base.hosts, k: key, maxNativeZoom: base.deepest, maxZoom: 22, referrerPolicy: "no-referrer",
    }));
    for (const layer of layers) {
      layer.on("tileload", () => { fine++; tell(); });
      layer.on("tileerror", () => { failed++; tell(); });
      layer.addTo(S.map);
    }
  };
  if (!base.needsKey || base.key) show(base.key);
  else {
    // the key stays in this page while it is open, and is written nowhere
    const input = worded(el("input", "", null, { type: "password", autocomplete: "off" }), "base_key", "placeholder");
    worded(input, "base_key", "aria-label");
    const form = el("form", "", [input, worded(el("button", "", "", { type: "submit" }), "base_use")]);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!/^[0-9A-Za-z]{8,64}$/.test(input.value.trim())) return;
      show(input.value.trim());
      form.remove();
    });
    box.append(form);
  }
  const control = new L.Control({ position: "bottomright" });
  control.onAdd = () => {
    L.DomEvent.disableClickPropagation(box);
    return box;
  };
  control.addTo(S.map);
}
