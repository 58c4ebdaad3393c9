"""Ways along roads, against ways counted on paper and a plain search."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest
import shapely

from gisplan.measure.network import build_network, walking_distance


def lines(*found):
    array = np.empty(len(found), dtype=object)
    array[:] = [shapely.LineString(line) for line in found]
    return array


def points(*found):
    return shapely.points(np.array(found, dtype=float).reshape(-1, 2))


CROSS = lines([(0, 0), (200, 0)], [(100, -100), (100, 100)])


def test_a_way_leads_to_the_road_along_it_and_off_it():
    network = build_network(CROSS)
    found = walking_distance(network, points((10, 5)), points((97, 80)), 1000)
    assert found[0] == pytest.approx(5 + 90 + 80 + 3)


def test_roads_that_cross_are_joined_without_a_common_vertex():
    assert len(build_network(CROSS).ends) == 4


def test_a_start_and_a_facility_on_the_same_stretch_pass_no_crossing():
    network = build_network(CROSS)
    found = walking_distance(network, points((10, 0), (40, 2)), points((30, 0)), 1000)
    assert found == pytest.approx([20, 12])


def test_a_way_at_the_limit_counts_and_a_longer_one_does_not():
    network = build_network(CROSS)
    to = points((200, 0))
    assert walking_distance(network, points((0, 0)), to, 200.0)[0] == pytest.approx(200)
    assert walking_distance(network, points((0, 0)), to, 199.99)[0] == np.inf


def test_no_road_no_facility_and_no_place_are_out_of_reach():
    network = build_network(CROSS)
    start = points((0, 0))
    assert walking_distance(build_network(lines()), start, points((0, 0)), 100)[0] == np.inf
    assert walking_distance(network, start, points(), 100)[0] == np.inf
    nowhere = np.array([None, shapely.Point()], dtype=object)
    assert (walking_distance(network, nowhere, points((0, 0)), 100) == np.inf).all()


def test_an_island_of_roads_is_out_of_reach():
    network = build_network(lines([(0, 0), (10, 0)], [(0, 50), (10, 50)]))
    assert walking_distance(network, points((0, 0)), points((10, 50)), 500)[0] == np.inf


def test_roads_twice_in_the_layer_are_as_one():
    once, twice = build_network(CROSS), build_network(np.concatenate([CROSS, CROSS]))
    ends = points((13, 4)), points((110, -70)), 500
    assert walking_distance(once, *ends) == walking_distance(twice, *ends)


def plain_search(network, start, facilities):
    """Dijkstra over a dict, from one start whose nearest edge is cut where it meets the road."""
    near = {}

    def link(a, b, length):
        near.setdefault(a, []).append((b, length))
        near.setdefault(b, []).append((a, length))

    def put(name, point):
        edges = network.tree.geometries
        edge = min(range(len(edges)), key=lambda n: (shapely.distance(edges[n], point), n))
        foot = shapely.line_locate_point(edges[edge], point)
        return edge, foot, shapely.distance(edges[edge], point), name

    cuts = [put("start", start)] + [put(("to", n), f) for n, f in enumerate(facilities)]
    for edge, (a, b) in enumerate(network.ends):
        stops = sorted((c[1], c[3], c[2]) for c in cuts if c[0] == edge)
        at, place = 0.0, a
        for foot, name, access in stops:
            here = ("foot", name)
            link(place, here, foot - at)
            link(here, name, access)
            at, place = foot, here
        link(place, b, network.lengths[edge] - at)
    best, queue = {}, [(0.0, 0, "start")]
    while queue:
        cost, _, node = heapq.heappop(queue)
        if node in best:
            continue
        best[node] = cost
        for other, length in near.get(node, []):
            heapq.heappush(queue, (cost + length, id(other), other))
    return min(best.get(("to", n), math.inf) for n in range(len(facilities)))


@pytest.mark.parametrize("seed", range(4))
def test_random_towns_are_as_a_plain_search(seed):
    rng = np.random.default_rng(seed)
    streets = [[(x, 0), (x, 500)] for x in rng.integers(0, 500, 5)]
    streets += [[(0, y), (500, y)] for y in rng.integers(0, 500, 5)]
    streets.append([(0, 17), (250, 260), (500, 480)])
    network = build_network(lines(*streets))
    starts, facilities = points(rng.uniform(0, 500, (15, 2))), points(rng.uniform(0, 500, (4, 2)))
    found = walking_distance(network, starts, facilities, 5000)
    expected = [plain_search(network, start, facilities) for start in starts]
    assert found == pytest.approx(expected, abs=1e-6)
