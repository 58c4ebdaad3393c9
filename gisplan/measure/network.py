"""Walking distance (步行距离): the shortest way along roads from land to the nearest facility."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gisplan.measure.overlay import Shapes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Ends of roads that lie closer are the same crossing; a millimetre is below any survey.
SAME_M = 1e-3


class Network(NamedTuple):
    """Roads as edges between crossings: edge k runs straight from node `ends[k, 0]` to the other.

    `nodes` is (n, 2) in metres, `ends` (m, 2) of node numbers, `lengths` (m,) in metres.
    """

    nodes: Floats
    ends: Ints
    lengths: Floats
    tree: shapely.STRtree


def build_network(roads: Shapes) -> Network:
    """Return the network of a layer of roads.

    Parameters
    ----------
    roads : array of shapely geometry, shape (n,)
        Lines, projected, metres; what is no line, None or empty is left out. Lines that cross are
        taken as joined, as centre lines are drawn: a bridge over a road must be left out or
        drawn apart.

    Returns
    -------
    Network
        Empty where there is no line.
    """
    lines = roads[shapely.get_dimensions(roads) == 1]
    joined = shapely.union_all(lines) if len(lines) else shapely.MultiLineString()
    parts = shapely.get_parts(joined)
    points, line = shapely.get_coordinates(parts, return_index=True)
    same = line[1:] == line[:-1]
    start, end = points[:-1][same], points[1:][same]
    cells = np.rint(np.concatenate([start, end]) / SAME_M).astype(np.int64)
    _, first, inverse = np.unique(cells, axis=0, return_index=True, return_inverse=True)
    nodes = np.concatenate([start, end])[first]
    ends = inverse.reshape(2, -1).T.astype(np.int64)
    tree = shapely.STRtree(shapely.linestrings(np.stack([start, end], axis=1)))
    return Network(nodes, ends, np.hypot(*(end - start).T), tree)


def walking_distance(network: Network, starts: Shapes, facilities: Shapes, limit: float) -> Floats:
    """Return how far each start is from the nearest facility along the roads.

    The way leads from the start straight to the nearest road, along the roads, and from the road
    nearest to the facility straight to it.

    Parameters
    ----------
    network : Network
        From `build_network`, in the CRS of the shapes.
    starts, facilities : array of shapely geometry
        Points, or shapes whose nearest edge counts; None and empty reach nothing.
    limit : float
        Metres; a longer way is not looked for.

    Returns
    -------
    array of float, shape (n,)
        Metres; inf where there is no way within the limit.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    far = np.full(len(starts), np.inf)
    if not len(network.ends):
        return far
    to, edge_to, access_to, along_to = _attach(network, facilities, limit)
    out, edge_out, access_out, along_out = _attach(network, starts, limit)
    if not len(to) or not len(out):
        return far

    count = len(network.nodes)
    source = count  # one node more, from which every facility is reached
    heads = network.ends[edge_to].ravel()
    costs = np.stack([along_to, network.lengths[edge_to] - along_to], axis=1) + access_to[:, None]
    rows = np.concatenate([network.ends[:, 0], np.full(heads.size, source)])
    columns = np.concatenate([network.ends[:, 1], heads])
    weights = np.concatenate([network.lengths, costs.ravel()])
    rows, columns, weights = _shortest_of_each(rows, columns, weights)
    graph = csr_matrix((weights, (rows, columns)), shape=(count + 1, count + 1))
    reached = dijkstra(graph, directed=False, indices=source, limit=limit)

    ends = reached[network.ends[edge_out]]
    rest = np.stack([along_out, network.lengths[edge_out] - along_out], axis=1)
    by_node = (ends + rest).min(axis=1) + access_out
    far[out] = by_node
    _same_edge(far, out, edge_out, access_out, along_out, edge_to, access_to, along_to)
    far[far > limit] = np.inf
    return far


def _attach(network: Network, shapes: Shapes, limit: float) -> tuple[Ints, Ints, Floats, Floats]:
    """Return for shapes near a road: their number, the edge, metres to it, metres along it."""
    (number, edge), access = network.tree.query_nearest(
        shapes, max_distance=limit, return_distance=True, all_matches=False
    )
    ways = shapely.shortest_line(network.tree.geometries[edge], shapes[number])
    foot = shapely.get_point(ways, 0)
    along = shapely.line_locate_point(network.tree.geometries[edge], foot)
    return number, edge, access, along


def _shortest_of_each(rows: Ints, columns: Ints, weights: Floats) -> tuple[Ints, Ints, Floats]:
    """Keep the shortest of the edges between the same nodes: a sparse matrix would add them."""
    low, high = np.minimum(rows, columns), np.maximum(rows, columns)
    order = np.lexsort((weights, high, low))
    low, high, weights = low[order], high[order], weights[order]
    first = np.ones(len(low), dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    # scipy takes a weight of nothing as no edge
    return low[first], high[first], np.maximum(weights[first], 1e-9)


def _same_edge(
    far: Floats,
    out: Ints,
    edge_out: Ints,
    access_out: Floats,
    along_out: Floats,
    edge_to: Ints,
    access_to: Floats,
    along_to: Floats,
) -> None:
    """Mend the ways between a start and a facility on the same edge, which pass no crossing."""
    order = np.argsort(edge_to, kind="stable")
    low = np.searchsorted(edge_to[order], edge_out, side="left")
    high = np.searchsorted(edge_to[order], edge_out, side="right")
    for step in range(int((high - low).max(initial=0))):
        at = np.flatnonzero(low + step < high)
        facility = order[low[at] + step]
        direct = access_out[at] + access_to[facility] + np.abs(along_out[at] - along_to[facility])
        far[out[at]] = np.minimum(far[out[at]], direct)
