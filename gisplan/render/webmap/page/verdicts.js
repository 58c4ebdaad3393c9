// The verdicts of the judged units: counted, found by unit, listed strictest first.

class Verdicts {
  constructor(rows) {
    const weight = (v) => VERDICTS.indexOf(v.verdict);
    this.rows = [...rows].sort((a, b) => weight(a) - weight(b) || (a.unit < b.unit ? -1 : 1));
    this.byUnit = new Map(this.rows.map((v) => [v.unit, v]));
  }

  get length() {
    return this.rows.length;
  }

  count(verdict) {
    return this.listed(verdict).length;
  }

  of(unit) {
    return this.byUnit.get(unit) ?? null;
  }

  /** The set and number of a verdict's unit on the map. */
  where(v) {
    return whereIs(S.data.judged, v.unit);
  }

  /** Those of one verdict, or all; of one district by number, of none ("none"), or everywhere. */
  listed(verdict, district = "") {
    return this.rows.filter((v) => (!verdict || v.verdict === verdict) && liesIn(v.district, district));
  }
}

/** Whether a unit of a district, by number or null, is one that is asked for. */
function liesIn(own, district) {
  if (district === "") return true;
  return district === "none" ? own === null : own === Number(district);
}

/** Verdicts that a packed layer bears itself; `aside` are those of units that are not in it. */
class PackedVerdicts {
  constructor(set, aside) {
    this.set = set;
    this.aside = new Verdicts(aside);
    this.classes = set.layer.classes.map((entry) => entry.key);
    this.columns = new Map(set.layer.verdictFields.map((name, f) => [name, 2 + set.layer.fields.length + f]));
  }

  get length() {
    return VERDICTS.reduce((sum, verdict) => sum + this.count(verdict), 0);
  }

  count(verdict) {
    const entry = this.set.layer.classes.find(({ key }) => key === verdict);
    return (entry ? entry.count : 0) + this.aside.count(verdict);
  }

  of(unit, i) {
    return this.aside.of(unit) ?? this.row(i);
  }

  row(i) {
    const verdict = this.classes[this.set.classOf[i]];
    if (!verdict) return null;
    const cell = (name) => this.set.fromColumn(this.columns.get(name), i);
    const reasons = (cell("reasons") ?? []).map((row) => S.data.findings.rows[row].id);
    return {
      unit: this.set.label(i), name: this.set.name(i), verdict, i,
      errors: cell("errors"), approvals: cell("approvals"), reasons, why: cell("why") ?? [],
      due: cell("due") ?? [], ways: cell("ways") ?? [], district: cell("district"),
    };
  }

  where(v) {
    return v.i === undefined ? [null, -1] : [this.set, v.i];
  }

  /** Those of one verdict, or all, strictest first; records are made when they are asked for. */
  listed(verdict, district = "") {
    const inside = (i) => district === ""
      || liesIn(this.set.fromColumn(this.columns.get("district"), i), district);
    const of = (key) => {
      const rows = [];
      const c = this.classes.indexOf(key);
      for (let i = 0; c >= 0 && i < this.set.count; i++) if (this.set.classOf[i] === c && this.set.here(i) && inside(i)) rows.push(i);
      return [...rows, ...this.aside.listed(key, district)];
    };
    const all = verdict ? of(verdict) : VERDICTS.flatMap(of);
    return {
      length: all.length,
      slice: (from, to) => all.slice(from, to).map((it) => (typeof it === "number" ? this.row(it) : it)),
    };
  }
}
