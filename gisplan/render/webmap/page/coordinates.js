// Where the cursor is, in degrees and in the working CRS; without a cursor, where the middle is.

/** Metres with thin gaps between thousands, which no decimal point can be mistaken for. */
function metres(value) {
  return value.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, "\u2009");
}

function degreesText({ lng, lat }) {
  return `${Math.abs(lng).toFixed(6)}°${lng < 0 ? "W" : "E"}  ${Math.abs(lat).toFixed(6)}°${lat < 0 ? "S" : "N"}`;
}

/** A place in the working CRS as text; nothing where it is in degrees or does not reach. */
function workingText({ lng, lat }) {
  const crs = S.data.working;
  const found = crs && projected(crs, lng, lat);
  if (!found) return "";
  const [east, north] = found.map(metres);
  const off = crs.error > 0.005 ? `  ${U("fit_error")} ${crs.error}` : "";
  return `${T(crs.name)}  ${U("east")} ${east}  ${U("north_of")} ${north}${off}`;
}

function makeCoordinates(control) {
  const box = el("div", "gp-cursor");
  control("bottomright", () => box);
  const cross = el("div", "gp-centre", null, { "aria-hidden": "true" });
  S.map.getContainer().append(cross);
  let under = null; // the cursor's place while it is over the map

  const write = () => {
    const latlng = (under ?? S.map.getCenter()).wrap();
    const degrees = `EPSG:4490  ${degreesText(latlng)}`;
    box.replaceChildren(
      el("span", "", under ? degrees : `${U("centre")}  ${degrees}`),
      el("span", "", workingText(latlng)),
    );
    cross.hidden = Boolean(under) || !(S.measure.on || window.matchMedia("(hover: none)").matches);
  };
  S.map.on("mousemove", (event) => {
    under = event.latlng;
    write();
  });
  S.map.on("mouseout", () => {
    under = null;
    write();
  });
  S.map.on("move", () => {
    under = null; // the map moved below it, by keys or by a finger
    write();
  });
  S.hooks.push(write);
  S.writeCoordinates = write;
}
