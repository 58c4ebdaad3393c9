// Columns of a packed layer: nothing is decoded before a card, a list or a search asks for it.

class NumberColumn {
  constructor(bytes, count, decimals) {
    Object.assign(this, { bytes, count, scale: 10 ** decimals });
  }

  at(i) {
    if (this.bytes) {
      this.values = new Reader(this.bytes).takeWide(this.count);
      this.bytes = null;
    }
    const value = this.values[i] - 1;
    if (value < 0) return null; // an empty cell
    return (value % 2 ? -(value + 1) / 2 : value / 2) / this.scale;
  }
}

class TextColumn {
  constructor(bytes, count) {
    Object.assign(this, { packed: bytes, count });
  }

  /** Texts as bytes, where each begins, and the text of each row: 0 none, else its number + 1. */
  open() {
    if (!this.packed) return;
    const reader = new Reader(this.packed);
    const codes = reader.take(this.count);
    let known = 0;
    for (let i = 0; i < codes.length; i++) {
      if (codes[i] === 1) codes[i] = ++known;
      else if (codes[i] > 1) codes[i]--;
    }
    this.starts = startsOf(reader.take(known));
    this.bytes = reader.rest();
    this.codes = codes;
    this.packed = null;
  }

  text(number) {
    return UTF8.decode(this.bytes.subarray(this.starts[number], this.starts[number + 1]));
  }

  at(i) {
    this.open();
    return this.codes[i] ? this.text(this.codes[i] - 1) : null;
  }

  /** All texts folded for a search, a line each, and where each line begins. */
  lines() {
    if (this.folded) return this.folded;
    this.open();
    const { bytes, starts } = this;
    const texts = starts.length - 1;
    const joined = new Uint8Array(bytes.length + texts + 1);
    joined[0] = 10;
    for (let k = 0, to = 1; k < texts; k++) {
      for (let at = starts[k]; at < starts[k + 1]; at++) joined[to++] = bytes[at] === 10 ? 32 : bytes[at];
      joined[to++] = 10;
    }
    const all = UTF8.decode(joined).normalize("NFKC").toLowerCase().replace(/[^\S\n]+/g, "");
    const begins = new Uint32Array(texts);
    for (let k = 0, at = 0; k < texts; k++, at = all.indexOf("\n", at)) begins[k] = ++at;
    this.folded = { all, begins };
    return this.folded;
  }

  /** Rows whose text is (0), begins with (1) or holds (2) what is wanted, folded; `most` of each. */
  search(wanted, most) {
    const { all, begins } = this.lines();
    const rankOfText = new Map();
    [`\n${wanted}\n`, `\n${wanted}`, wanted].forEach((pattern, rank) => {
      let found = 0;
      for (let at = all.indexOf(pattern); at >= 0 && found < most; at = all.indexOf(pattern, at)) {
        const number = lastUpTo(begins, at + (rank < 2 ? 1 : 0));
        if (!rankOfText.has(number)) {
          rankOfText.set(number, rank);
          found++;
        }
        at = number + 1 < begins.length ? begins[number + 1] - 1 : all.length;
      }
    });
    return this.rows(rankOfText, most);
  }

  /** The first rows of texts, each with the rank of its text. */
  rows(rankOfText, most) {
    const found = [];
    if (!rankOfText.size) return found;
    const left = [most, most, most];
    for (let i = 0; i < this.count; i++) {
      const rank = this.codes[i] ? rankOfText.get(this.codes[i] - 1) : undefined;
      if (rank !== undefined && left[rank]-- > 0) found.push([rank, i]);
    }
    return found;
  }
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The place of the last value that is not above `wanted`; values ascend. */
function lastUpTo(values, wanted) {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle] <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
