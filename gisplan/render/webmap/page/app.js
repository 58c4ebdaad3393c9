// Puts the page together on the map that folium made.

function makeHeader() {
  const name = el("h1", "", S.data.name, { title: S.data.name });
  const facts = el("p", "gp-facts");
  const notices = el("p", "gp-notices");
  S.hooks.push(() => {
    facts.textContent = `${U("crs")} ${T(S.data.crs)} · ${U("time")} ${S.data.time} · gisplan ${S.data.gisplan}`;
    notices.replaceChildren(...S.data.words.statements.slice(0, 2).map((text) => el("span", "", T(text))));
  });
  const languages = el("div", "gp-lang", [["zh", "中文"], ["en", "English"]].map(([lang, title]) =>
    button("", title, () => setLanguage(lang), { lang, "data-lang": lang })), { role: "group", "aria-label": "语言 Language" });
  S.hooks.push(() => {
    for (const node of languages.children) node.setAttribute("aria-pressed", String(node.dataset.lang === S.lang));
  });
  return el("header", "gp-head", [el("div", "gp-title", [name, facts]), notices, languages]);
}

function makeFooter() {
  const text = el("span", "");
  S.hooks.push(() => {
    text.textContent = T(S.data.words.statements[2]);
  });
  return el("footer", "gp-foot", text);
}

/** Give the map the room between head and foot, however many lines their texts take. */
function fitFrame() {
  if (S.paper && S.paper.on) return;
  const tabs = narrow() ? 50 : 0;
  const style = document.documentElement.style;
  style.setProperty("--head", `${S.root.querySelector(".gp-head").offsetHeight}px`);
  style.setProperty("--foot", `${S.root.querySelector(".gp-foot").offsetHeight + tabs}px`);
  S.map.invalidateSize({ animate: false });
}

function setLanguage(lang) {
  S.lang = lang;
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const hook of S.hooks) hook();
  fitFrame();
  writeFindings();
  writeUnits();
  writeLegend();
  writeAbout(S.sections.about);
  if (S.popup) S.popup.setContent(S.card());
}

/** Zoom, first view, north, scale, measuring and coordinates. */
function makeControls() {
  const control = (position, make) => {
    const it = new L.Control({ position });
    it.onAdd = () => {
      const node = make();
      L.DomEvent.disableClickPropagation(node);
      return node;
    };
    it.addTo(S.map);
  };
  const tool = (text, key, onClick) => {
    const node = button("", text, onClick);
    worded(node, key, "title");
    worded(node, key, "aria-label");
    return node;
  };
  control("topleft", () => el("div", "gp-tools", [
    tool("+", "zoom_in", () => S.map.zoomIn(1)),
    tool("−", "zoom_out", () => S.map.zoomOut(1)),
    tool("⌂", "home", () => firstView(true)),
    tool("⤢", "whole", () => wholeView()),
  ]));
  control("topleft", () => el("div", "gp-north", northMark(28, 40)));
  L.control.scale({ imperial: false, maxWidth: 130, position: "bottomleft" }).addTo(S.map);
  makeMeasure(control);
  makePaper();
  makeCoordinates(control);
}

function boundsOf(sets) {
  const all = L.latLngBounds([]);
  for (const set of sets) all.extend(set.extent());
  return all.isValid() ? all : null;
}

/** What needs attention: the errors, else the judged tier, else everything. */
function firstBounds() {
  const errors = L.latLngBounds([]);
  for (const f of S.data.findings.rows) {
    if (f.severity === "error" && f.state !== "waived" && f.box) errors.extend([f.box[1], f.box[0]]).extend([f.box[3], f.box[2]]);
  }
  if (errors.isValid()) return withGround(errors);
  const judged = S.sets.get(S.data.judged);
  return (judged && boundsOf([judged])) || boundsOf(S.sets.values());
}

function firstView(animate) {
  const bounds = firstBounds();
  if (bounds) S.map.fitBounds(bounds, { ...padding(), maxZoom: 17, animate: animate && !still() });
}

function wholeView() {
  const bounds = boundsOf(S.sets.values());
  if (bounds) S.map.fitBounds(bounds, { ...padding(), maxZoom: 17, animate: !still() });
}

/** map.html#unit=CODE, #finding=FINGERPRINT, #lang=en, #print=a4: ways in from a table or a report. */
function followAddress() {
  const wanted = new URLSearchParams(window.location.hash.slice(1));
  const lang = wanted.get("lang");
  if (lang === "zh" || lang === "en") setLanguage(lang);
  if (wanted.get("print") in PAPERS) S.lay(wanted.get("print"), firstBounds() ?? undefined);
  const finding = S.data.findings.rows.find((f) => f.id === wanted.get("finding"));
  const [set, i] = whereIs(S.data.judged, wanted.get("unit"));
  if (finding) openFinding(finding);
  else if (set) openFeature(set, i);
}

function start(map, data) {
  S.map = map;
  map.getContainer().setAttribute("role", "main");
  // folium forbids to zoom the page; who reads with difficulty must be able to
  document.querySelector("meta[name=viewport]")?.setAttribute("content", "width=device-width, initial-scale=1");
  S.data = data;
  S.lang = data.lang;
  for (const layer of data.layers) {
    const styles = layer.classes.map((entry) => entry.style);
    S.sets.set(layer.id, isPacked(layer) ? new PackedSet(layer, styles)
      : new FeatureSet(layer.id, layer, layer.shapes, layer.class, styles, layer.count));
    layer.shapes = null; // the set keeps them until they are unpacked
  }
  const { rows, shapes, styles } = data.findings;
  const judged = S.sets.get(data.judged);
  S.verdicts = judged instanceof PackedSet ? new PackedVerdicts(judged, data.verdicts) : new Verdicts(data.verdicts);
  S.evidence = new FeatureSet("findings", null, shapes, rows.map((f) => SEVERITIES.indexOf(f.severity)),
    SEVERITIES.map((severity) => styles[severity]), rows.length);

  S.root = document.getElementById("gisplan-page");
  document.body.classList.add("gp");
  if (data.layers.some(isPacked)) readPieces().then(show);
  else show();
}

/** Everything that is seen, when all data are there. */
function show() {
  const { map } = S;
  S.root.append(makeHeader(), ...makePanel(), makeLegend(), makeFooter(), ...[makeLost()].filter(Boolean));
  fitFrame();
  makeControls();
  makeBaseTiles();
  addPane("gp-highlight", 530);
  makeMarkers();
  makeLabels();
  makeSheets();
  makeSwipe();
  makeStates();
  setLanguage(S.lang);
  showTab("findings");
  if (narrow()) hideSheet();
  firstView(false);
  map.on("zoomend", noteFar);
  map.on("click", (event) => S.measure.on || openWhatIsAt(event.latlng));
  document.addEventListener("keydown", closeOnEscape);
  window.addEventListener("resize", fitFrame);
  window.addEventListener("hashchange", followAddress);
  followAddress();
  document.body.dataset.ready = "true";
}
