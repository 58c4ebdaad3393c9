// The panel beside the map: findings, units, what was checked. On a phone it is a sheet below.

const PAGE_ROWS = 150; // rows written at once; the rest on demand

function makePanel() {
  const body = el("div", "gp-body");
  const tabs = el("div", "gp-tabs", null, { role: "tablist" });
  const sections = {};
  for (const name of ["findings", "units", "layers", "about"]) {
    const label = el("span", "");
    S.hooks.push(() => {
      const count = name === "findings" ? S.data.findings.rows.length : name === "units" ? S.verdicts.length : null;
      const text = name === "units" ? title(S.data.judgedTitle) : U(name);
      label.replaceChildren(text, count === null ? "" : el("small", "", String(count)));
    });
    tabs.append(button("", label, () => {
      const open = S.root.classList.contains("gp-open");
      if (narrow() && open && S.tab === name) hideSheet();
      else showTab(name);
    }, { role: "tab", id: `gp-tab-${name}`, "aria-controls": `gp-${name}`, "data-tab": name }));
    if (name === "layers") continue; // has its own place over the map
    sections[name] = el("section", "gp-section", null, {
      id: `gp-${name}`, role: "tabpanel", "aria-labelledby": `gp-tab-${name}`,
    });
    body.append(sections[name]);
  }
  tabs.addEventListener("keydown", (event) => {
    const all = [...tabs.children].filter((tab) => tab.offsetParent);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    next.focus();
    showTab(next.dataset.tab);
  });
  S.sections = sections;
  const fold = button("gp-fold", "‹", () => {
    const shut = S.root.classList.toggle("gp-wide");
    fold.textContent = shut ? "›" : "‹";
    for (const name of ["title", "aria-label"]) fold.setAttribute(name, U(shut ? "show_panel" : "hide_panel"));
    document.body.classList.toggle("gp-wide", shut);
    S.map.invalidateSize();
  });
  S.hooks.push(() => {
    const key = S.root.classList.contains("gp-wide") ? "show_panel" : "hide_panel";
    for (const name of ["title", "aria-label"]) fold.setAttribute(name, U(key));
  });
  S.panel = el("aside", "gp-panel", [makeSearch(), makeTiles(), tabs, body]);
  return [S.panel, fold];
}

function showTab(name) {
  S.tab = name;
  S.root.dataset.tab = name;
  S.root.classList.add("gp-open");
  for (const tab of S.panel.querySelectorAll("[role=tab]")) {
    tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
    tab.tabIndex = tab.dataset.tab === name ? 0 : -1;
  }
  for (const [key, section] of Object.entries(S.sections)) section.hidden = key !== name;
}

function hideSheet() {
  S.root.classList.remove("gp-open");
}

/** Four figures at the top: how many units got which verdict. A click lists them. */
function makeTiles() {
  const tiles = el("div", "gp-tiles");
  S.hooks.push(() => {
    tiles.replaceChildren(...VERDICTS.map((verdict) => {
      const count = S.verdicts.count(verdict);
      const tile = button(`gp-tile gp-edge-${verdict}`, [
        el("b", "", String(count)), el("span", "", wordOf("verdict", verdict)),
      ], () => {
        S.verdict = S.verdict === verdict ? "" : verdict;
        writeUnits();
        showTab("units");
        for (const other of tiles.children) other.setAttribute("aria-pressed", String(other === tile && S.verdict !== ""));
      }, { title: wordOf("verdictMeaning", verdict), "aria-pressed": String(S.verdict === verdict) });
      return tile;
    }));
  });
  return tiles;
}

/** Write rows into a list, a page at a time. */
function writeRows(list, items, makeRow, emptyKey) {
  list.replaceChildren();
  if (!items.length) list.append(el("li", "gp-none", U(emptyKey)));
  let written = 0;
  const more = () => {
    const next = items.slice(written, written + PAGE_ROWS);
    list.append(...next.map(makeRow));
    written += next.length;
    if (written < items.length) {
      const item = el("li", "gp-more", button("gp-link", `${U("show_more")} (${items.length - written})`, () => {
        item.remove();
        more();
      }));
      list.append(item);
    }
  };
  more();
}

function writeFindings() {
  const section = S.sections.findings;
  const rows = S.data.findings.rows;
  const chips = el("div", "gp-chips", SEVERITIES.map((severity) => {
    const count = rows.filter((f) => f.severity === severity).length;
    return button("gp-filter", [severityMark(severity, 15), wordOf("severity", severity), el("small", "", String(count))], () => {
      toggleSeverity(severity);
      S.panel.querySelector(`[data-severity=${severity}]`).focus();
    }, { "aria-pressed": String(S.severities.has(severity)), "data-severity": severity });
  }));
  const shown = shownFindings();
  const list = findingList();
  section.replaceChildren(chips, el("div", "gp-select", [
    S.data.districts.rows.length ? choice("district", allDistricts(), districtOptions()) : null,
    choice("ruling", U("all_rulings"), Object.keys(S.data.words.ruling)
      .map((key) => [key, wordOf("ruling", key), (f) => f.ruling === key])),
    choice("family", U("all_families"), Object.entries(S.data.findings.families)
      .map(([key, text]) => [key, title(text), (f) => f.code.startsWith(key)])),
    choice("rule", U("all_rules"), Object.entries(S.data.findings.rules)
      .map(([code, text]) => [code, `${code} ${title(text)}`, (f) => f.code === code])),
  ]), el("p", "gp-shown", [
    el("span", "", shownOf(shown.length, rows.length), { role: "status" }),
    filtered() ? button("gp-link", U("clear_filters"), clearFilters) : null,
  ]), list);
  writeRows(list, shown, findingRow, "no_findings");
}

/** A choice among findings: all of them, or those of one kind; kinds that do not occur are left out. */
function choice(key, all, options) {
  const rows = S.data.findings.rows;
  const occurring = options
    .map(([value, text, holds]) => [value, text, rows.filter(holds).length])
    .filter(([value, , count]) => count || value === S[key]);
  const select = el("select", "", [
    el("option", "", all, { value: "" }),
    ...occurring.map(([value, text, count]) => el("option", "", bracketed(text, count), { value })),
  ], { "aria-label": U(key), "data-filter": key });
  select.value = S[key];
  select.addEventListener("change", () => {
    S[key] = select.value;
    refilter();
    S.panel.querySelector(`[data-filter=${key}]`).focus();
  });
  return select;
}

function allDistricts() {
  const above = title(S.data.districts.title);
  return S.lang === "zh" ? `全部${above}` : `All: ${above}`;
}

function districtOptions() {
  const { rows } = S.data.districts;
  return [
    ...rows.map(([label, name], d) => [String(d), name ? `${name} ${label}` : label, (f) => inDistrict(f, d)]),
    ["none", U("no_district"), (f) => inDistrict(f, "none")],
  ];
}

function filtered() {
  return S.severities.size < SEVERITIES.length || ["rule", "family", "ruling", "district"].some((key) => S[key]);
}

function clearFilters() {
  S.severities = new Set(SEVERITIES);
  for (const key of ["rule", "family", "ruling", "district"]) S[key] = "";
  refilter();
}

/** "12 / 70 条显示". */
function shownOf(some, all) {
  return S.lang === "zh" ? `显示 ${some} / ${all} 条` : `${some} of ${all} shown`;
}

/** A list whose rows the arrow keys go through. */
function findingList() {
  const list = el("ul", "gp-list");
  list.addEventListener("keydown", (event) => {
    const rows = [...list.querySelectorAll(".gp-item")];
    const at = rows.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (at < 0 || to === undefined || !rows[to]) return;
    event.preventDefault();
    rows[to].focus();
  });
  return list;
}

function findingRow(f) {
  const place = [f.feature, f.at ? null : U("no_place")].filter(Boolean).join(" · ");
  return el("li", "", button(f.state === "waived" ? "gp-item gp-waived" : "gp-item", [
    severityMark(f.severity, 18),
    el("span", "gp-item-text", [
      el("span", "gp-item-head", [
        el("span", "gp-code", f.code), title(S.data.findings.rules[f.code]),
        f.state === "waived" ? el("span", "gp-tag", wordOf("state", "waived")) : null,
      ]),
      el("span", "gp-item-body", T(f.message)),
      el("span", "gp-sub", place),
    ]),
  ], () => openFinding(f), { "data-finding": f.id }));
}

function toggleSeverity(severity) {
  if (!S.severities.delete(severity)) S.severities.add(severity);
  refilter();
}

function refilter() {
  const shown = new Set(shownFindings());
  const rows = S.data.findings.rows;
  S.evidence.hidden = (i) => !shown.has(rows[i]);
  S.evidence.sheet.redraw();
  placeMarkers();
  S.labels.redraw();
  writeFindings();
  writeUnits();
  writeLegend();
}

function markCurrent(f) {
  for (const node of S.panel.querySelectorAll(".gp-item[aria-current]")) node.removeAttribute("aria-current");
  const node = [...S.panel.querySelectorAll(".gp-item")].find((item) => item.dataset.finding === f.id);
  if (node) {
    node.setAttribute("aria-current", "true");
    node.scrollIntoView({ block: "nearest" });
  }
}

function writeUnits() {
  const section = S.sections.units;
  const chips = el("div", "gp-chips", [["", U("all")], ...VERDICTS.map((v) => [v, wordOf("verdict", v)])].map(([verdict, text]) =>
    button("gp-filter", [verdict ? el("i", `gp-dot gp-verdict-${verdict}`) : "", text], () => {
      S.verdict = verdict;
      writeUnits();
    }, { "aria-pressed": String(S.verdict === verdict) })));
  const units = S.verdicts.listed(S.verdict, S.district);
  const list = findingList();
  const only = S.district ? S.data.districts.rows[Number(S.district)] : null;
  section.replaceChildren(chips, S.district ? el("p", "gp-shown", [
    el("span", "", only ? only[1] || only[0] : U("no_district")),
    button("gp-link", U("clear_filters"), clearFilters),
  ]) : "", list);
  writeRows(list, units, unitRow, "no_units");
}

function unitRow(v) {
  const [set, i] = S.verdicts.where(v);
  const facts = [
    v.errors ? `${U("errors")} ${v.errors}` : "",
    v.approvals ? `${U("approvals")} ${v.approvals}` : "",
    set ? "" : U("aside"),
  ].filter(Boolean).join(" · ");
  return el("li", "", button("gp-item", [
    el("i", `gp-dot gp-verdict-${v.verdict}`),
    el("span", "gp-item-text", [
      el("span", "gp-item-head", [v.name || v.unit]),
      el("span", "gp-sub", [v.name ? v.unit : "", wordOf("verdict", v.verdict), facts].filter(Boolean).join(" · ")),
    ]),
  ], () => {
    if (set && set.has(i)) openFeature(set, i);
    else showCard(() => asideCard(v), null);
  }, { "data-unit": v.unit }));
}

/** A unit that has a verdict but no shape: it was set aside. */
function asideCard(v) {
  const known = findingsOf(S.data.judged, v.unit, v.reasons);
  return el("article", "gp-card", [
    el("header", "gp-card-head", [badge("verdict", v.verdict), el("span", "gp-tag", U("aside"))]),
    el("h3", "", v.name || v.unit),
    el("dl", "", row(U("code"), v.unit)),
    verdictWhy(v),
    dueSteps(v),
    known.length ? findingLines(known) : null,
    waysOut(v),
    S.data.report ? reportLink(v.unit) : null,
  ]);
}
