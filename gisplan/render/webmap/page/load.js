// Brings the pieces of packed layers into their sets, and says which did not come.

const isPacked = (layer) => Array.isArray(layer.pieces);

const chunkName = (number) => `chunk_${String(number + 1).padStart(4, "0")}.js`;
const handedOver = new Map();

/** What the script of a chunk calls. One that belongs to another map is not taken. */
window.gisplanChunk = (digest, number, text) => {
  if (digest === S.data.chunks) handedOver.set(number, text);
};

/** The text of a piece out of the script beside the page: files there cannot be read, but run. */
function chunkText(number) {
  return new Promise((resolve, reject) => {
    const script = el("script", "", null, { src: chunkName(number) });
    const settle = () => {
      const text = handedOver.get(number);
      handedOver.delete(number);
      script.remove();
      if (text === undefined) reject(new Error(`${chunkName(number)} is missing or of another map`));
      else resolve(text);
    };
    script.addEventListener("load", settle);
    script.addEventListener("error", settle);
    document.head.append(script);
  });
}

/** The text of a piece: an element of the page, which is let go. */
function pieceText(number) {
  if (S.data.mode === "folder") return chunkText(number);
  const node = document.getElementById(`gisplan-piece-${number}`);
  if (!node) throw new Error(`piece ${number} is not there`);
  const text = node.textContent;
  node.remove();
  return text;
}

async function openPiece(text, sizes) {
  const bytes = bytesOf(text);
  const ends = startsOf(sizes);
  return Promise.all(sizes.map((size, k) => inflate(bytes.subarray(ends[k], ends[k] + size))));
}

/** Read every piece; one that is missing or damaged is noted, and the others are read. */
async function readPieces() {
  const note = el("p", "gp-reading", U("reading"), { role: "status" });
  S.root.append(note);
  for (const layer of S.data.layers.filter(isPacked)) {
    const set = S.sets.get(layer.id);
    for (const [k, piece] of layer.pieces.entries()) {
      const number = layer.firstPiece + k;
      try {
        set.arrive(k, await openPiece(await pieceText(number), piece.bytes));
      } catch (error) {
        S.lost.push({
          layer, count: piece.count, why: String(error),
          piece: S.data.mode === "folder" ? chunkName(number) : String(number + 1),
        });
      }
    }
    set.settle();
  }
  note.remove();
}

/** Layers with features that reach around half the world: over the antimeridian their lines run
 *  the long way. Each with the number of such features. */
function wideLayers() {
  const found = [];
  for (const layer of S.data.layers) {
    const set = S.sets.get(layer.id);
    const parts = set instanceof PackedSet
      ? set.pieces.filter(({ box }) => box && box[2] - box[0] > UNITS / 2).map(({ shapes }) => [shapes, UNITS / 2])
      : layer.on ? [[set.shapes, 0.5]] : [];
    let count = 0;
    for (const [shapes, most] of parts) {
      if (!shapes) continue;
      const { box } = shapes;
      for (let b = 0; b < box.length; b += 4) if (box[b + 2] - box[b] > most) count++;
    }
    if (count) found.push([layer, count]);
  }
  return found;
}

/** Say what is missing or cannot be drawn as it is, above the map. */
function makeLost() {
  const wide = wideLayers();
  if (!S.lost.length && !wide.length) return null;
  const box = el("div", "gp-lost", null, { role: "alert" });
  S.hooks.push(() => box.replaceChildren(
    ...S.lost.map(lostLine),
    ...wide.map(([layer, count]) => el("p", "", `${title(layer.title)}: ${U("antimeridian")} (${number(count)})`)),
  ));
  return box;
}

function lostLine({ layer, piece, count, why }) {
  return el("p", "", `${title(layer.title)}: ${U("piece_lost")} ${piece} (${number(count)})`, { title: why });
}
