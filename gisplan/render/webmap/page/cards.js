// Cards: what is known of a unit, of any other feature, of a finding. Shown in a popup.

function badge(kind, key) {
  return el("span", `gp-badge gp-${kind}-${key}`, wordOf(kind, key));
}

function row(title, value) {
  if (value === null || value === undefined || value === "") return null;
  return el("div", "gp-row", [el("dt", "", title), el("dd", "", value)]);
}

/** Show a card at a place; `make` is called again when the language changes. */
function showCard(make, at) {
  const size = S.map.getSize();
  const wide = !narrow();
  S.card = make;
  const from = document.activeElement;
  if (!from?.closest(".gp-card")) S.opener = from?.closest("#gisplan-page") ? from : null;
  const popup = L.popup({
    maxWidth: Math.min(wide ? 340 : 300, size.x - 40),
    minWidth: Math.min(wide ? 300 : 240, size.x - 60),
    maxHeight: Math.max(size.y * (wide ? 0.62 : 0.5), 160),
    autoPanPaddingTopLeft: [56, 12],
    autoPanPaddingBottomRight: [wide && !S.legend.classList.contains("gp-shut") ? 262 : 12, 34],
    className: "gp-popup",
  });
  popup.setLatLng(at ?? S.map.getCenter()).setContent(make());
  popup.on("remove", () => {
    if (S.popup === popup) {
      S.popup = null;
      highlight(null);
      if (S.opener) backTo(S.opener).focus({ preventScroll: true });
    }
  });
  const before = S.popup;
  S.popup = popup;
  if (before) before.remove();
  popup.openOn(S.map);
  const close = popup.getElement().querySelector(".leaflet-popup-close-button");
  close.setAttribute("aria-label", U("close"));
  const card = popup.getElement().querySelector(".leaflet-popup-content");
  card.tabIndex = 0; // it scrolls: arrow keys must reach it
  if (S.opener) card.focus({ preventScroll: true });
}

/** What a card was opened from, or what stands in its place in a list that was written anew. */
function backTo(opener) {
  if (opener.isConnected) return opener;
  const { finding, unit } = opener.dataset;
  const same = [...S.panel.querySelectorAll(".gp-item")]
    .find((item) => (finding ? item.dataset.finding === finding : unit && item.dataset.unit === unit));
  return same ?? S.panel.querySelector("[role=tab][aria-selected=true]");
}

function closeOnEscape(event) {
  if (event.key !== "Escape" || !S.popup || event.defaultPrevented) return;
  S.map.closePopup();
}

/** Outline a feature, or take the outline away. */
function highlight(set, i) {
  if (S.outline) S.outline.remove();
  S.outline = null;
  if (!set || !set.has(i)) return;
  const { areas, lines, points } = set.latLngs(i);
  const common = { interactive: false, fill: false, pane: "gp-highlight", className: "gp-outline" };
  const group = L.layerGroup();
  for (const [look, radius] of [
    [{ color: "#fff", weight: 6, opacity: 0.95 }, 11],
    [{ color: "#0b1f33", weight: 2.4, opacity: 1 }, 11],
  ]) {
    if (areas.length) L.polygon(areas, { ...common, ...look }).addTo(group);
    if (lines.length) L.polyline(lines, { ...common, ...look }).addTo(group);
    for (const point of points) L.circleMarker(point, { ...common, ...look, radius }).addTo(group);
  }
  S.outline = group.addTo(S.map);
}

function padding() {
  const legend = !narrow() && !S.legend.classList.contains("gp-shut");
  return {
    paddingTopLeft: [56, 40],
    paddingBottomRight: [legend ? 270 : 30, 50],
  };
}

/** Go to a place, then do something; at once where the reader wants no motion. */
function goTo(bounds, then) {
  const token = (S.trip = {});
  const arrive = () => {
    if (S.trip === token) then();
  };
  if (!bounds) return arrive();
  S.map.closePopup();
  S.map.stop();
  const options = { ...padding(), maxZoom: 19 };
  if (still() || !S.map._loaded) {
    S.map.fitBounds(bounds, { ...options, animate: false });
    return arrive();
  }
  S.map.once("moveend", arrive);
  S.map.flyToBounds(bounds, { ...options, duration: 0.7 });
}

/** A box around what is small, so that one sees where it lies. */
function withGround(bounds) {
  const metres = 60 / 111_000;
  const c = bounds.getCenter();
  const east = metres / Math.max(Math.cos((c.lat * Math.PI) / 180), 0.05);
  return L.latLngBounds(bounds.getSouthWest(), bounds.getNorthEast()).pad(0.25)
    .extend([c.lat - metres, c.lng - east])
    .extend([c.lat + metres, c.lng + east]);
}

// --- findings --------------------------------------------------------------------------------

function findingNumber(f) {
  return S.data.findings.rows.indexOf(f);
}

function openFinding(f, { fly = true } = {}) {
  if (fly) hideSheet();
  const bounds = f.box ? L.latLngBounds([f.box[1], f.box[0]], [f.box[3], f.box[2]]) : null;
  const at = f.at ? L.latLng(f.at[1], f.at[0]) : null;
  const open = () => {
    showCard(() => findingCard(f), at);
    const [set, i] = f.own ? whereIs(f.layer, f.feature) : [S.evidence, findingNumber(f)];
    if (set) highlight(set, i);
    markCurrent(f);
  };
  if (fly) goTo(bounds && withGround(bounds), open);
  else open();
}

/** The set and number of a feature by layer and label. */
function whereIs(layer, label) {
  const set = S.sets.get(layer);
  const i = set ? set.indexOf(label) : -1;
  return i >= 0 ? [set, i] : [null, -1];
}

/** A feature as text, or as a way to it where it is on the map. */
function linkTo(layer, label) {
  if (!label) return null;
  const text = layer ? `${layerTitle(layer)} ${label}` : label;
  const [set, i] = whereIs(layer, label);
  return set && set.has(i) ? button("gp-link", text, () => openFeature(set, i)) : text;
}

function sourceLine(source) {
  const name = T(source.title);
  const numbered = /^\d+([.、,]\d+)*$/.test(source.article);
  const article = !numbered ? source.article && ` ${source.article}`
    : S.lang === "zh" ? `第${source.article}条` : ` art. ${source.article}`;
  const shown = S.lang === "zh" && !name.startsWith("《") ? `《${name}》` : name;
  return el("span", "gp-source", [
    shown + article, " ",
    el("span", source.verified ? "gp-tag gp-good" : "gp-tag gp-doubt", U(source.verified ? "verified" : "unverified")),
  ]);
}

function findingCard(f) {
    const waiver = f.waiver
    ? [f.waiver.reason, f.waiver.by, f.waiver.until].filter(Boolean).join(" · ") : null;
  const measured = f.measure && f.limit
    ? bracketed(T(f.measure), `${U("limit")} ${T(f.limit)}`) : f.measure ? T(f.measure) : null;
  return el("article", "gp-card", [
    el("header", "gp-card-head", [
      badge("severity", f.severity),
      el("span", "gp-code", f.code),
      f.state && f.state !== "new" ? el("span", "gp-tag", wordOf("state", f.state)) : null,
    ]),
    el("h3", "", title(S.data.findings.rules[f.code])),
    el("p", "gp-message", T(f.message)),
    el("dl", "", [
      row(U("ruling"), f.ruling ? badge("ruling", f.ruling) : null),
      row(U("measure"), measured),
      row(U("feature"), linkTo(f.layer, f.feature)),
      row(U("related"), linkTo(f.relatedLayer, f.related)),
      row(U("source"), f.sources.length ? f.sources.map(sourceLine) : null),
      row(U("remedy"), T(f.remedy)),
      row(U("waiver"), waiver),
    ]),
  ]);
}

/** Findings as a list of ways to each. */
function findingLines(findings) {
  return el("ul", "gp-lines", findings.map((f) => el("li", "",
    button("gp-line", [
      severityMark(f.severity, 16),
      el("span", "", [
        el("span", "gp-code", f.code), " ", T(f.message),
        f.ruling ? el("span", "gp-sub", `${U("ruling")}: ${wordOf("ruling", f.ruling)}`) : null,
        f.sources.length ? el("span", "gp-sub gp-sources", f.sources.map(sourceLine)) : null,
      ]),
    ], () => openFinding(f)))));
}

function gatheredCard(findings) {
  return el("article", "gp-card", [
    el("h3", "", `${U("here_n")} ${findings.length}`),
    findingLines(findings),
  ]);
}

// --- features --------------------------------------------------------------------------------

function findingsOf(layer, label, reasons) {
  const named = new Set(reasons ?? []);
  return S.data.findings.rows.filter((f) => named.has(f.id)
    || (f.layer === layer && f.feature === label)
    || (f.relatedLayer === layer && f.related === label));
}

function openFeature(set, i) {
  hideSheet();
  const bounds = set.bounds(i);
  goTo(bounds && withGround(bounds), () => {
    if (!set.on) switchLayer(set, true);
    writeLegend();
    showCard(() => featureCard(set, i), set.at(i));
    highlight(set, i);
  });
}

function cellText(set, field, i) {
  const value = set.cell(field, i);
  if (value === null) return null;
  const one = (item) => (field.codes[item] ? bracketed(title(field.codes[item]), item) : String(item));
  if (Array.isArray(value)) return value.map(one).join("、");
  if (typeof value === "boolean") return value ? "✓" : "✗";
  const unit = T(field.unit);
  const text = typeof value === "number" ? number(value) : one(value);
  return unit ? `${text} ${unit}` : text;
}

function featureCard(set, i, others) {
  const { layer } = set;
  const label = set.label(i);
  const judged = layer.role === "judged";
  const verdict = judged && layer.id !== FORMER ? S.verdicts.of(label, i) : null;
  const known = findingsOf(layer.id, label, verdict && verdict.reasons);
  const mode = layer.fields.find((field) => field.name === "mode");
  const kind = layer.classes[set.classOf[i]];
  const rest = layer.fields.filter((field) => field !== mode && set.cell(field, i) !== null);
  return el("article", "gp-card", [
    others && others.length ? elseHere(others) : null,
    el("header", "gp-card-head", [
      verdict ? badge("verdict", verdict.verdict) : null,
      el("span", "gp-tag", title(layer.title)),
      !verdict && layer.classes.length > 1 ? el("span", "gp-tag", title(kind.title)) : null,
    ]),
    el("h3", "", set.name(i) || label),
    el("dl", "", [
      row(U("code"), label),
      mode ? row(U("mode"), cellText(set, mode, i) ?? U("none_value")) : null,
      verdict ? row(U("approvals"), verdict.approvals ? String(verdict.approvals) : null) : null,
    ]),
    verdict ? verdictWhy(verdict) : null,
    verdict ? dueSteps(verdict) : null,
    known.length
      ? el("section", "", [el("h4", "", `${U("review")} ${known.length}`), findingLines(known)])
      : judged ? null : el("p", "gp-sub", U("none_here")),
    verdict ? waysOut(verdict) : null,
    verdict && S.data.report ? reportLink(label) : null,
    rest.length
      ? el("details", "", [
        el("summary", "", U("attributes")),
        el("dl", "", rest.map((field) => row(title(field.title), cellText(set, field, i)))),
      ]) : null,
  ]);
}

/** Who must approve what, in the order of the law, each with its source. */
function dueSteps(verdict) {
  if (!verdict.due.length) return null;
  return el("section", "", [
    el("h4", "", `${U("approvals")} ${verdict.due.length}`),
    el("ol", "gp-steps", verdict.due.map((at) => {
      const step = S.data.steps[at];
      return el("li", "", [
        el("b", "", T(step.who)), " ", T(step.act),
        step.exception ? el("span", "gp-tag", U("exception")) : null,
        step.sources.length
          ? el("span", "gp-sub gp-sources", step.sources.map(sourceLine))
          : el("span", "gp-tag gp-doubt", U("unverified")),
      ]);
    })),
  ]);
}

/** What would resolve its conflicts: computed, offered, never applied. */
function waysOut(verdict) {
  if (!verdict.ways.length) return null;
  return el("section", "", [
    el("h4", "", U("ways_out")),
    el("ul", "gp-why", verdict.ways.map((way) => el("li", "", T(way)))),
  ]);
}

/** The page of a unit in the report that lies beside the map. */
function reportLink(unit) {
  const address = `${S.data.report}#unit=${encodeURIComponent(unit)}`;
  return el("p", "gp-report", el("a", "gp-link", U("in_report"), { href: address }));
}

function verdictWhy(verdict) {
  const reasons = verdict.why.length
    ? el("ul", "gp-why", verdict.why.map((why) => el("li", "", T(why)))) : null;
  return el("div", `gp-verdict gp-edge-${verdict.verdict}`, [
    el("p", "", wordOf("verdictMeaning", verdict.verdict)), reasons,
  ]);
}

/** Ways to what else lies under the same point. */
function elseHere(others) {
  return el("nav", "gp-else", [
    el("span", "gp-sub", U("also_here")),
    ...others.map(([set, i]) => button("gp-chip", set.name(i) || set.label(i), () => {
      showCard(() => featureCard(set, i), set.at(i));
      highlight(set, i);
    }, { title: title(set.layer.title) })),
  ]);
}

const CLICK_ORDER = { body: 0, judged: 1, lower: 2, zone: 3, line: 4, area: 5, upper: 6 };

/** Everything that is shown at a place, what a planner asks for first. */
function whatIsAt(latlng) {
  const found = [];
  for (const layer of S.data.layers) {
    const set = S.sets.get(layer.id);
    if (!set.seen || !onItsSide(layer, latlng)) continue;
    for (const i of set.find(latlng, layer.role === "body" ? 10 : 6)) found.push([set, i]);
  }
  const rank = ([set]) => CLICK_ORDER[set.layer.role] * 100 - (set.layer.role === "upper" ? S.data.layers.indexOf(set.layer) : 0);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, 12);
}

function openWhatIsAt(latlng) {
  const [first, ...others] = whatIsAt(latlng);
  if (!first) return;
  const [set, i] = first;
  showCard(() => featureCard(set, i, others), latlng);
  highlight(set, i);
}
