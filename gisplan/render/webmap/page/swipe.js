// A divider over the map: one state to its left, another to its right. Before and now, where the
// page has a former review; existing and planned, where the plan says both of buildings or parcels.

const FORMER = "before";

/** Which side a layer is on: "before", "after", or null for what is the same on both. */
function sideOf(layer) {
  if (layer.id === FORMER) return "before";
  return layer.id === S.data.judged ? "after" : null;
}

/** Whether a layer is seen at a place, on whichever side of the divider it lies. */
function onItsSide(layer, latlng) {
  if (!S.swipe || !S.sets.has(FORMER)) return true;
  const side = sideOf(layer);
  const left = S.map.latLngToContainerPoint(latlng).x < S.swipe.at * S.map.getSize().x;
  return side === null || left === (side === "before");
}

/** Put a divider between panes; `sides` are the boxes that say what is left and right of it.
 *  Returns a function that takes it away. */
function divide(leftPanes, rightPanes, sides, key) {
  S.swipe = { at: 0.5 };
  const handle = el("div", "gp-swipe", el("span", "gp-swipe-grip", "⇔", { "aria-hidden": "true" }), {
    role: "slider", tabindex: "0", "aria-orientation": "horizontal", "aria-valuemin": "0", "aria-valuemax": "100",
  });
  worded(handle, key, "aria-label");
  const frame = S.map.getContainer();
  frame.append(...sides, handle);
  L.DomEvent.disableClickPropagation(handle);

  const clip = () => {
    const size = S.map.getSize();
    const low = S.map.containerPointToLayerPoint([0, 0]);
    const high = S.map.containerPointToLayerPoint([size.x, size.y]);
    const middle = low.x + S.swipe.at * size.x;
    const box = (w, e) => `polygon(${w}px ${low.y}px, ${e}px ${low.y}px, ${e}px ${high.y}px, ${w}px ${high.y}px)`;
    for (const pane of leftPanes) S.map.getPane(pane).style.clipPath = box(low.x, middle);
    for (const pane of rightPanes) S.map.getPane(pane).style.clipPath = box(middle, high.x);
    handle.style.left = sides[1].style.left = `${S.swipe.at * size.x}px`;
    sides[0].style.right = `${(1 - S.swipe.at) * size.x}px`;
    handle.setAttribute("aria-valuenow", String(Math.round(100 * S.swipe.at)));
  };
  const put = (at) => {
    S.swipe.at = Math.min(Math.max(at, 0.02), 0.98);
    clip();
  };
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = frame.getBoundingClientRect();
    put((event.clientX - box.left) / box.width);
  });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    put(S.swipe.at + step);
  });
  const moves = "move zoom viewreset resize zoomend moveend";
  S.map.on(moves, clip);
  clip();
  return () => {
    S.map.off(moves, clip);
    for (const pane of [...leftPanes, ...rightPanes]) S.map.getPane(pane).style.clipPath = "";
    for (const node of [...sides, handle]) node.remove();
    S.swipe = null;
  };
}

const sideBoxes = () => ["before", "after"].map((side) => el("div", `gp-side gp-side-${side}`));

/** Former verdicts to the left, today's and their findings to the right. */
function makeSwipe() {
  const { before } = S.data;
  if (!before || !S.sets.has(FORMER)) return;
  const sides = sideBoxes();
  S.hooks.push(() => {
    sides[0].textContent = bracketed(U("before"), [before.name, before.time].join(" · "));
    sides[1].textContent = bracketed(U("after"), [S.data.name, S.data.time].join(" · "));
  });
  const pane = (set) => set.sheet.options.pane;
  const right = [S.sets.get(S.data.judged), S.evidence].filter(Boolean).map(pane);
  divide([pane(S.sets.get(FORMER))], right, sides, "swipe");
}
