// What was checked and what was not, where the data came from, and what the map may be used for.

function writeAbout(box) {
  const { account, edition } = S.data;
  const list = (items) => el("ul", "gp-plain", items);
  const table = (head, rows) => el("table", "gp-table", [
    el("thead", "", el("tr", "", head.map((text) => el("th", "", text, { scope: "col" })))),
    el("tbody", "", rows.map((cells) => el("tr", "", cells.map((text) => el("td", "", String(text)))))),
  ]);
  const section = (key, children) => el("section", "", [el("h2", "", U(key)), ...children]);
  box.replaceChildren(
    el("p", "gp-sub", U(`mode_${S.data.mode}`)),
    section("checks", [
      el("p", "gp-outcomes", account.outcomes
        .filter(([, count]) => count)
        .map(([outcome, count]) => el("span", "gp-tag", `${title(outcome)} ${count}`))),
      table(
        [U("layer"), U("read"), U("checked"), U("quarantined"), U("repaired")],
        account.layers.map(([layer, ...counts]) => [title(layer), ...counts]),
      ),
    ]),
    account.open.length ? section("not_checked", [
      list(account.open.map((rule) => el("li", "", [
        el("span", "gp-code", rule.code), " ", title(rule.title),
        el("span", "gp-sub", [title(rule.outcome), T(rule.why)].filter(Boolean).join(" · ")),
      ]))),
    ]) : "",
    account.notices.length ? section("notices", [list(account.notices.map((text) => el("li", "", T(text))))]) : "",
    section("inputs", [
      list(account.inputs.map((input) => el("li", "", [
        input.path,
        el("span", "gp-sub", [T(input.crs), input.sha256.slice(0, 12)].filter(Boolean).join(" · ")),
      ]))),
    ]),
    edition.leftOut.length ? section("not_shown", [list(edition.leftOut.map((text) => el("li", "", T(text))))]) : "",
    section("statement", [
      edition.grid ? el("p", "", `${U("grid")} ${edition.grid}`) : "",
      list(S.data.words.statements.map((text) => el("li", "", T(text)))),
      el("p", "gp-sub", provenance()),
    ]),
    el("details", "", [
      el("summary", "", U("licences")),
      ...S.data.licences.map((text) => el("pre", "", text)),
    ]),
  );
}

function provenance() {
  const { crs, time, gisplan } = S.data;
  return `${U("crs")} ${crs} · ${U("shown_in")} EPSG:4490 · ${U("time")} ${time} · gisplan ${gisplan}`;
}
