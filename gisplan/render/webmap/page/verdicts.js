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

  /** Those of one verdict, or all. */
  listed(verdict) {
    return verdict ? this.rows.filter((v) => v.verdict === verdict) : this.rows;
  }
}
