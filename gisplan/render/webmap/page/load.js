// Brings the pieces of packed layers into their sets, and says which did not come.

const isPacked = (layer) => Array.isArray(layer.pieces);

/** The text of a piece: an element of the page, which is let go. */
function pieceText(number) {
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
        set.arrive(k, await openPiece(pieceText(number), piece.bytes));
      } catch (error) {
        S.lost.push({ layer, piece: number + 1, count: piece.count, why: String(error) });
      }
    }
    set.settle();
  }
  note.remove();
}

/** Say what is missing, above the map. */
function makeLost() {
  if (!S.lost.length) return null;
  const box = el("div", "gp-lost", null, { role: "alert" });
  S.hooks.push(() => box.replaceChildren(...S.lost.map(lostLine)));
  return box;
}

function lostLine({ layer, piece, count, why }) {
  return el("p", "", `${title(layer.title)}: ${U("piece_lost")} ${piece} (${number(count)})`, { title: why });
}
