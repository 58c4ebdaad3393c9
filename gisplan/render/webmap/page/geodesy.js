// Lengths and areas on the ellipsoid of CGCS2000, and places in the plan's working CRS.

const CGCS2000 = { a: 6378137, rf: 298.257222101 };
const RADIAN = Math.PI / 180;

/** Metres along the shortest line between two places in degrees (Vincenty's inverse). */
function geodesicLength([lon1, lat1], [lon2, lat2], { a, rf } = CGCS2000) {
  const f = 1 / rf;
  const b = a * (1 - f);
  const reduced = (lat) => {
    const t = (1 - f) * Math.tan(lat * RADIAN);
    const cos = 1 / Math.hypot(1, t);
    return [t * cos, cos];
  };
  const [[sin1, cos1], [sin2, cos2]] = [reduced(lat1), reduced(lat2)];
  const along = (lon2 - lon1) * RADIAN;
  let [lambda, sinS, cosS, sigma, cos2A, cosM] = [along, 0, 1, 0, 1, 0];
  for (let turn = 0; turn < 200; turn++) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    sinS = Math.hypot(cos2 * sinL, cos1 * sin2 - sin1 * cos2 * cosL);
    if (sinS === 0) return 0;
    cosS = sin1 * sin2 + cos1 * cos2 * cosL;
    sigma = Math.atan2(sinS, cosS);
    const sinA = (cos1 * cos2 * sinL) / sinS;
    cos2A = 1 - sinA * sinA;
    cosM = cos2A ? cosS - (2 * sin1 * sin2) / cos2A : 0;
    const c = (f / 16) * cos2A * (4 + f * (4 - 3 * cos2A));
    const last = lambda;
    lambda = along + (1 - c) * f * sinA * (sigma + c * sinS * (cosM + c * cosS * (2 * cosM * cosM - 1)));
    if (Math.abs(lambda - last) < 1e-13) break;
  }
  const u = (cos2A * (a * a - b * b)) / (b * b);
  const big = 1 + (u / 16384) * (4096 + u * (u * (320 - 175 * u) - 768));
  const small = (u / 1024) * (256 + u * (u * (74 - 47 * u) - 128));
  const m2 = cosM * cosM;
  const less = small * sinS * (cosM + (small / 4) * (cosS * (2 * m2 - 1)
    - (small / 6) * cosM * (4 * sinS * sinS - 3) * (4 * m2 - 3)));
  return b * big * (sigma - less);
}

/** Square metres within places in degrees: on the sphere of equal area, with great circles. */
function geodesicArea(places, { a, rf } = CGCS2000) {
  const f = 1 / rf;
  const e = Math.sqrt(f * (2 - f));
  const q = (sin) => (1 - e * e) * (sin / (1 - (e * sin) ** 2) + Math.atanh(e * sin) / e);
  const pole = q(1);
  const tans = places.map(([, lat]) => Math.tan(Math.asin(q(Math.sin(lat * RADIAN)) / pole) / 2));
  let excess = 0;
  places.forEach(([lon], k) => {
    const next = (k + 1) % places.length;
    const east = places[next][0] - lon; // exact; turned round only across the antimeridian
    const step = (Math.abs(east) > 180 ? east - 360 * Math.sign(east) : east) * RADIAN;
    excess += 2 * Math.atan2(Math.tan(step / 2) * (tans[k] + tans[next]), 1 + tans[k] * tans[next]);
  });
  return (Math.abs(excess) * a * a * pole) / 2;
}

/** Whether two sides of the closed line through places cross: then it has no area to tell. */
function crossesItself(places) {
  const n = places.length;
  const side = ([ax, ay], [bx, by], [cx, cy]) => Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
  for (let i = 0; i < n; i++) {
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue;
      const [a, b, c, d] = [places[i], places[i + 1], places[j], places[(j + 1) % n]];
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) return true;
    }
  }
  return false;
}

/** A place in degrees as [east, north] of a CRS that working.py describes; null beyond its reach. */
function projected(crs, lon, lat) {
  return crs.kind === "tm" ? transverseMercator(crs, lon, lat) : fitted(crs, lon, lat);
}

const REACH = 20; // degrees from the central meridian, within which the series is exact

/** Krüger's series to the fourth power of n: under a micrometre within a zone. */
function transverseMercator({ a, rf, lon0, lat0, scale, east, north }, lon, lat) {
  const lambda = (((lon - lon0 + 540) % 360) - 180) * RADIAN;
  if (Math.abs(lambda) > REACH * RADIAN) return null;
  const n = 1 / (2 * rf - 1);
  const radius = (a / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64);
  const series = [
    n / 2 - (2 * n ** 2) / 3 + (5 * n ** 3) / 16 + (41 * n ** 4) / 180,
    (13 * n ** 2) / 48 - (3 * n ** 3) / 5 + (557 * n ** 4) / 1440,
    (61 * n ** 3) / 240 - (103 * n ** 4) / 140,
    (49561 * n ** 4) / 161280,
  ];
  const e = Math.sqrt((2 - 1 / rf) / rf);
  const onSphere = (degrees, along) => {
    const sin = Math.sin(degrees * RADIAN);
    const t = Math.sinh(Math.atanh(sin) - e * Math.atanh(e * sin));
    const xi = Math.atan2(t, Math.cos(along));
    const eta = Math.asinh(Math.sin(along) / Math.hypot(t, Math.cos(along)));
    let [x, y] = [eta, xi];
    series.forEach((c, k) => {
      const m = 2 * (k + 1);
      x += c * Math.cos(m * xi) * Math.sinh(m * eta);
      y += c * Math.sin(m * xi) * Math.cosh(m * eta);
    });
    return [x, y];
  };
  const [x, y] = onSphere(lat, lambda);
  const [, from] = onSphere(lat0, 0);
  return [east + scale * radius * x, north + scale * radius * (y - from)];
}

/** A polynomial through control points in the box of the plan (Chebyshev's, of both axes). */
function fitted({ box: [w, s, e, n], east, north }, lon, lat) {
  if (lon < w || lon > e || lat < s || lat > n) return null;
  const terms = (t, count) => {
    const out = [1, t];
    while (out.length < count) out.push(2 * t * out[out.length - 1] - out[out.length - 2]);
    return out.slice(0, count);
  };
  const us = terms((2 * lon - w - e) / (e - w), east.length);
  const vs = terms((2 * lat - s - n) / (n - s), east[0].length);
  const sum = (table) => table.reduce((all, line, i) => all + us[i] * line.reduce((part, c, j) => part + c * vs[j], 0), 0);
  return [sum(east), sum(north)];
}
