// Words, small DOM helpers, and what the parts of the page share.
// Texts of the plan only ever become text nodes: nothing here takes markup.

const S = {
  map: null,
  data: null,
  lang: "zh",
  sets: new Map(), // layer name -> FeatureSet
  evidence: null, // FeatureSet of findings
  severities: new Set(["error", "warning", "info"]),
  rule: "",
  family: "",
  ruling: "",
  district: "",
  verdict: "",
  folded: new Set(["tiers", "exam"]), // groups of the legend that are folded
  tab: "findings",
  showLabels: true,
  showMarkers: true,
  lost: [], // pieces of packed layers that are missing
  hooks: [], // what to write again when the language changes
};

const SEVERITIES = ["error", "warning", "info"];
const VERDICTS = ["blocked", "undetermined", "conditional", "clear"];
const narrow = () => window.matchMedia("(max-width: 760px)").matches;
const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A text in the reader's language out of a pair [zh, en]. */
function T(pair) {
  return pair ? pair[S.lang === "zh" ? 0 : 1] : "";
}

/** A text as a title: in English it begins with a capital. */
function title(pair) {
  const text = T(pair);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Two texts, the second in brackets as the language writes them. */
function bracketed(text, inner) {
  return S.lang === "zh" ? `${text}（${inner}）` : `${text} (${inner})`;
}

/** A word of the page's own. */
function U(key) {
  return T(S.data.words.ui[key]);
}

function wordOf(kind, key) {
  const pair = S.data.words[kind][key];
  return pair ? title(pair) : String(key ?? "");
}

/** An element with a class, children and attributes; strings become text nodes. */
function el(tag, look, children, attributes) {
  const node = document.createElement(tag);
  if (look) node.className = look;
  for (const child of [].concat(children ?? [])) {
    if (child !== null && child !== undefined && child !== "") node.append(child);
  }
  for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value);
  return node;
}

function button(look, children, onClick, attributes) {
  const node = el("button", look, children, { type: "button", ...attributes });
  node.addEventListener("click", onClick);
  return node;
}

/** An element whose text follows the language. */
function worded(node, key, attribute) {
  const write = () => {
    if (attribute) node.setAttribute(attribute, U(key));
    else node.textContent = U(key);
  };
  S.hooks.push(write);
  write();
  return node;
}

const SVG = "http://www.w3.org/2000/svg";
function svg(tag, attributes, children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value);
  for (const child of children ?? []) node.append(child);
  return node;
}

/** The mark of a severity: a diamond, a triangle, a disc, so that colour is not needed. */
function severityMark(severity, size) {
  const shapes = {
    error: ["path", { d: "M10 1.2 18.8 10 10 18.8 1.2 10Z" }],
    warning: ["path", { d: "M10 2 19 18H1Z" }],
    info: ["circle", { cx: 10, cy: 10, r: 7.6 }],
  };
  const signs = { error: "!", warning: "!", info: "i" };
  const [tag, attributes] = shapes[severity] ?? shapes.info;
  const style = S.data.findings.styles[severity];
  const text = svg("text", {
    x: 10, y: severity === "warning" ? 15.6 : 14, "text-anchor": "middle",
    "font-size": 11, "font-weight": 700, fill: "#fff",
  });
  text.textContent = signs[severity] ?? "";
  return svg("svg", { viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true" }, [
    svg(tag, {
      ...attributes, fill: style ? style.fill : "#666", stroke: "#fff",
      "stroke-width": 1.6, "stroke-linejoin": "round", "paint-order": "stroke",
    }),
    text,
  ]);
}

function number(value) {
  if (typeof value !== "number") return String(value);
  return value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 1 ? 4 : 2 });
}

function layerTitle(name) {
  const set = S.sets.get(name);
  if (set) return title(set.layer.title);
  return S.data.titles[name] ? title(S.data.titles[name]) : name || "";
}
