const examMap = (map) => {
  "use strict";
  const data = JSON.parse(document.getElementById("exam-data").textContent);
  const LOOK = { open: "#000000", in_unit: "#08519c", in_project: "#3182bd", solved: "#238b45" };
  const UNKNOWN = "#e2e3e5";
  let lang = data.lang === "en" ? 1 : 0;
  let level = Math.max(0, data.levels.findIndex((one) => one.level === "district"));
  let code = "";
  const say = (zh, en) => (lang ? en : zh);
  const make = (tag, text, parent, name) => {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (name) element.className = name;
    if (parent) parent.appendChild(element);
    return element;
  };
  const figure = (value) => value === null ? "" : String(Math.round(value * 1000) / 1000);

  const colour = (places, n) => {
    if (code) {
      const mark = places.marks[code][n];
      return mark === null ? UNKNOWN : data.colours[mark];
    }
    const score = places.score[n];
    if (score === null) return UNKNOWN;
    let found = UNKNOWN;
    for (const [least, own] of data.classes) if (score >= least) found = own;
    return found;
  };

  const card = (places, n) => {
    const box = make("div", "", null, "exam-card");
    make("b", places.names[n], box);
    const score = places.score[n];
    make("div", say("优先度：", "priority: ") + (score === null ? say("没有可评价的指标", "nothing graded") : figure(score)), box);
    const table = make("table", "", box);
    for (const one of data.indicators) {
      const mark = places.marks[one.code][n];
      if (mark === null) continue;
      const row = make("tr", "", table);
      make("td", one.code + " " + one.title[lang], row);
      const value = places.values[one.code][n];
      make("td", value === null ? "" : figure(value) + " " + one.unit[lang], row);
      make("td", data.grades[mark][lang], row).style.background = data.colours[mark];
    }
    return box;
  };

  const areas = L.layerGroup().addTo(map);
  const marks = L.layerGroup().addTo(map);
  const draw = () => {
    areas.clearLayers();
    const places = data.levels[level];
    if (!places) return;
    places.shapes.forEach((shape, n) => {
      if (!shape) return;
      L.geoJSON(shape, { style: { color: "#555", weight: 1, fillColor: colour(places, n), fillOpacity: 1 } })
        .bindTooltip(() => make("span", places.names[n]))
        .bindPopup(() => card(places, n), { maxWidth: 420 })
        .addTo(areas);
    });
    marks.clearLayers();
    data.problems.forEach((one) => {
      L.circleMarker(one.at, { radius: 5, color: "#fff", weight: 1, fillColor: LOOK[one.stage], fillOpacity: 1 })
        .bindPopup(() => {
          const box = make("div", "", null, "exam-card");
          make("b", one.name, box);
          make("div", data.stages[one.stage][lang], box);
          if (one.projects.length) make("div", one.projects.join("、"), box);
          return box;
        })
        .addTo(marks);
    });
  };

  const control = L.control({ position: "topright" });
  const panel = make("div", "", null, "exam");
  control.onAdd = () => {
    L.DomEvent.disableClickPropagation(panel);
    L.DomEvent.disableScrollPropagation(panel);
    return panel;
  };
  const entry = (parent, fill, text, round) => {
    const row = make("div", "", parent, "row");
    const box = make("span", "", row, "box");
    box.style.background = fill;
    if (round) { box.style.borderRadius = "50%"; box.style.width = "11px"; }
    make("span", text, row);
  };
  const choice = (title, options, value, change) => {
    const label = make("label", title, panel);
    const select = make("select", "", label);
    for (const [key, text] of options) {
      const option = make("option", text, select);
      option.value = key;
    }
    select.value = value;
    select.onchange = () => { change(select.value); show(); };
  };
  const show = () => {
    panel.textContent = "";
    const other = make("button", lang ? "中文" : "English", panel);
    other.type = "button";
    other.onclick = () => { lang = 1 - lang; show(); };
    make("h1", data.name + " " + say("城市体检", "city exam") + (data.year ? " " + data.year : ""), panel);
    choice(say("层级", "Level"), data.levels.map((one, n) => [String(n), one.title[lang]]), String(level), (value) => { level = Number(value); });
    choice(say("指标", "Indicator"), [["", say("优先度（0–100）", "Priority (0–100)")], ...data.indicators.map((one) => [one.code, one.code + " " + one.title[lang]])], code, (value) => { code = value; });
    const legend = make("div", "", panel);
    if (code) {
      for (const key of Object.keys(data.grades)) entry(legend, data.colours[key], data.grades[key][lang]);
    } else {
      data.classes.forEach(([least, own], n) => entry(legend, own, least + "–" + (n + 1 < data.classes.length ? data.classes[n + 1][0] : 100)));
      entry(legend, UNKNOWN, say("没有可评价的指标", "nothing graded"));
    }
    const drawn = new Set(data.problems.map((one) => one.stage));
    for (const key of Object.keys(data.stages)) if (drawn.has(key)) entry(legend, LOOK[key], say("问题：", "problem: ") + data.stages[key][lang], true);
    make("div", data.by_hand[lang], panel).style.color = "#5b6774";
    document.documentElement.lang = lang ? "en" : "zh-CN";
    draw();
  };
  control.addTo(map);
  L.control.zoom({ position: "topleft" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  show();
  const bounds = L.featureGroup(areas.getLayers()).getBounds();
  // beside the panel where there is room for both
  const beside = map.getSize().x > 2 * panel.offsetWidth ? panel.offsetWidth + 20 : 0;
  if (bounds.isValid()) map.fitBounds(bounds, { paddingTopLeft: [20, 20], paddingBottomRight: [20 + beside, 20] });
  document.body.dataset.ready = "true";
};
