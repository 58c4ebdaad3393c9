// What packed/codec.py wrote, read back: text to bytes, bytes inflated, planes to integers.

const SIGNS = new Uint8Array(128);
for (let code = 33, n = 0; code < 127; code++) {
  if (!'"<\\'.includes(String.fromCharCode(code))) SIGNS[code] = n++;
}

/** The bytes of a text: 13 bits in each pair of signs. */
function bytesOf(text) {
  const bytes = new Uint8Array(Math.floor((text.length / 16) * 13));
  let [held, bits, to] = [0, 0, 0];
  for (let at = 0; at < text.length; at += 2) {
    held = ((held & 0xff) << 13) | (SIGNS[text.charCodeAt(at)] * 91 + SIGNS[text.charCodeAt(at + 1)]);
    bits += 13;
    while (bits >= 8) {
      bits -= 8;
      bytes[to++] = held >>> bits;
    }
  }
  return bytes;
}

const SMALL = 200000; // bytes that are inflated before a stream has begun to

/** Inflate bytes: many by the browser itself, in other threads; few, and all where it cannot, by
 *  the library in the page. */
async function inflate(bytes) {
  if (bytes.length < SMALL || typeof DecompressionStream === "undefined") return checked(fflate.unzlibSync(bytes), bytes);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Inflated bytes, held against the checksum at the end (Adler-32), which the library does not do. */
function checked(inflated, bytes) {
  let [a, b] = [1, 0];
  for (let k = 0; k < inflated.length; k++) {
    a += inflated[k];
    b += a;
    if (k % 2048 === 2047) [a, b] = [a % 65521, b % 65521];
  }
  const sum = (b % 65521) * 65536 + (a % 65521);
  const said = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4).getUint32(0);
  if (sum !== said) throw new Error("damaged: the checksum differs");
  return inflated;
}

/** Reads streams of integers out of bytes, one after the other. */
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  /** The next `count` integers from 0 on, below 2^32. */
  take(count) {
    const values = new Uint32Array(count);
    this.planes(count, (plane, who, shift) => {
      if (!who) for (let k = 0; k < count; k++) values[k] = plane[k] & 127;
      else for (let k = 0; k < who.length; k++) values[who[k]] |= (plane[k] & 127) << shift;
    });
    return values;
  }

  /** The same of integers up to 2^53. */
  takeWide(count) {
    const values = new Float64Array(count);
    this.planes(count, (plane, who, shift) => {
      for (let k = 0; k < plane.length; k++) values[who ? who[k] : k] += (plane[k] & 127) * 2 ** shift;
    });
    return values;
  }

  /** Each plane of `count` integers: its bytes, whose they are (all at first), and their weight. */
  planes(count, each) {
    for (let who = null, shift = 0, length = count; length > 0; shift += 7, length = who.length) {
      const plane = this.bytes.subarray(this.at, this.at + length);
      this.at += length;
      each(plane, who, shift);
      let more = 0;
      for (let k = 0; k < length; k++) more += plane[k] >> 7;
      const next = new Uint32Array(more);
      for (let k = 0, n = 0; n < more; k++) if (plane[k] > 127) next[n++] = who ? who[k] : k;
      who = next;
    }
  }

  /** The next `count` integers of either sign. */
  takeSigned(count) {
    const values = new Int32Array(this.take(count).buffer);
    for (let k = 0; k < count; k++) values[k] = (values[k] >>> 1) ^ -(values[k] & 1);
    return values;
  }

  rest() {
    return this.bytes.subarray(this.at);
  }
}

const sumOf = (values) => {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k];
  return sum;
};

/** Where each of so many begins, and where the last one ends. */
function startsOf(counts) {
  const starts = new Uint32Array(counts.length + 1);
  for (let k = 0; k < counts.length; k++) starts[k + 1] = starts[k] + counts[k];
  return starts;
}

const AREA = 2;

/** Shapes out of bytes, as geometry.js takes them, in whole units of the map (mercator.py). */
function unpackShapes(bytes, count) {
  const reader = new Reader(bytes);
  const first = startsOf(reader.take(count));
  const kind = Uint8Array.from(reader.take(first[count]));
  const ring = startsOf(reader.take(kind.length));
  const sizes = reader.take(ring[kind.length]);
  const how = Uint8Array.from(reader.take(sumOf(sizes)));
  const [x, y] = unpackVertices(reader, sizes, how);
  return { first, kind, ring, ...closeRings(kind, ring, sizes, x, y) };
}

/** Vertices: new ones as differences, the others from where the same place was written first. */
function unpackVertices(reader, sizes, how) {
  const [fresh, along] = [0, 1];
  const counts = [0, 0, 0];
  for (let v = 0; v < how.length; v++) counts[how[v]]++;
  const back = reader.takeSigned(counts[2]);
  const [dx, dy] = [reader.takeSigned(counts[0]), reader.takeSigned(counts[0])];
  const [x, y] = [new Int32Array(how.length), new Int32Array(how.length)];
  const same = new Uint32Array(how.length); // where the place of a vertex was written first
  let [news, backs, reached, startX, startY] = [0, 0, 0, 0, 0];
  for (let r = 0, v = 0; r < sizes.length; r++) {
    let [px, py] = [startX, startY];
    for (const end = v + sizes[r]; v < end; v++) {
      if (how[v] === fresh) {
        px = (px + dx[news]) | 0; // half around the world it wraps, as it was written
        py = (py + dy[news++]) | 0;
        same[v] = v;
      } else {
        same[v] = how[v] === along ? same[same[v - 1] - 1] : (reached += back[backs++]);
        px = x[same[v]];
        py = y[same[v]];
      }
      x[v] = px;
      y[v] = py;
    }
    if (sizes[r]) [startX, startY] = [x[v - sizes[r]], y[v - sizes[r]]];
  }
  return [x, y];
}

/** Repeat the first vertex of each ring of a polygon at its end. */
function closeRings(kind, ring, sizes, x, y) {
  const lengths = sizes.slice();
  for (let p = 0; p < kind.length; p++) {
    if (kind[p] === AREA) for (let r = ring[p]; r < ring[p + 1]; r++) lengths[r]++;
  }
  const vertex = startsOf(lengths);
  const total = vertex[lengths.length];
  const out = { x: new Int32Array(total), y: new Int32Array(total), vertex };
  for (let r = 0, from = 0; r < sizes.length; from += sizes[r++]) {
    const to = vertex[r];
    for (let k = 0; k < lengths[r]; k++) {
      const v = from + (k < sizes[r] ? k : 0);
      out.x[to + k] = x[v];
      out.y[to + k] = y[v];
    }
  }
  return out;
}
