// Search by code or name, with the keyboard as well as the mouse.

const MOST_HITS = 12;
const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

/** How well a text answers: 0 equal, 1 begins with what is wanted, 2 holds it, 3 not at all. */
function rankOf(text, wanted) {
  if (text === wanted) return 0;
  if (text.startsWith(wanted)) return 1;
  return text.includes(wanted) ? 2 : 3;
}

/** Rules and features that a text means: equal first, then beginning with it, then holding it. */
function search(text) {
  const wanted = fold(text);
  if (!wanted) return [];
  const ranks = [[], [], []];
  for (const [code, pair] of Object.entries(S.data.findings.rules)) {
    const rank = Math.min(...[code, ...pair].map((one) => rankOf(fold(one), wanted)));
    if (rank < 3) ranks[rank].push(ruleHit(code));
  }
  const order = [...S.data.layers].sort((a, b) => (CLICK_ORDER[a.role] || 0) - (CLICK_ORDER[b.role] || 0));
  for (const layer of order.sort((a, b) => (b.role === "judged") - (a.role === "judged"))) {
    const set = S.sets.get(layer.id);
    for (const [rank, i] of set.search(wanted)) ranks[rank].push(featureHit(set, i));
  }
  return ranks.flat().slice(0, MOST_HITS);
}

function featureHit(set, i) {
  const name = set.name(i) || set.label(i);
  return { name, about: `${title(set.layer.title)} · ${set.label(i)}`, open: () => openFeature(set, i) };
}

/** A rule among the hits: choosing it lists its findings. */
function ruleHit(code) {
  const count = S.data.findings.rows.filter((f) => f.code === code).length;
  return {
    name: `${code} ${title(S.data.findings.rules[code])}`,
    about: `${U("rule")} · ${count}`,
    open: () => {
      clearFilters();
      S.rule = code;
      refilter();
      showTab("findings");
    },
  };
}

function makeSearch() {
  const list = el("ul", "gp-hits", null, { role: "listbox", id: "gp-hits", hidden: "" });
  const input = el("input", "", null, {
    type: "search", role: "combobox", "aria-expanded": "false", "aria-controls": "gp-hits",
    "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", id: "gp-search",
  });
  worded(input, "search", "placeholder");
  worded(input, "search", "aria-label");
  let found = [];
  let current = -1;

  const close = () => {
    list.hidden = true;
    current = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (n) => {
    const entry = found[n];
    if (!entry) return;
    close();
    input.value = entry.name;
    entry.open();
  };
  const mark = (n) => {
    current = n;
    [...list.children].forEach((item, k) => item.setAttribute("aria-selected", String(k === n)));
    if (list.children[n]) {
      input.setAttribute("aria-activedescendant", list.children[n].id);
      list.children[n].scrollIntoView({ block: "nearest" });
    }
  };
  const write = () => {
    found = search(input.value);
    current = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...found.map((entry, n) => {
      const item = el("li", "", [
        el("span", "gp-hit", entry.name),
        el("span", "gp-sub", entry.about),
      ], { role: "option", id: `gp-hit-${n}`, "aria-selected": "false" });
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        choose(n);
      });
      return item;
    }));
    if (!found.length && input.value.trim()) list.append(el("li", "gp-none", U("no_match"), { role: "option", "aria-disabled": "true" }));
    list.hidden = !input.value.trim();
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  input.addEventListener("input", write);
  input.addEventListener("focus", write);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // a Chinese word is still being typed
    const last = found.length - 1;
    if (event.key === "ArrowDown" && found.length) mark(current >= last ? 0 : current + 1);
    else if (event.key === "ArrowUp" && found.length) mark(current <= 0 ? last : current - 1);
    else if (event.key === "Enter") choose(Math.max(current, 0));
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  return el("div", "gp-search", [input, list], { role: "search" });
}
