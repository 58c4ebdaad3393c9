"""Plan -> plain tables. Vectorised, general, and silent on law, severity and place.

Every table is a DataFrame with a RangeIndex, sorted by its key columns, and exists (empty, with
its columns) even where the plan has nothing to measure. Areas are ellipsoidal m2, lengths and
distances metres in the working CRS, widths 2A/P in metres. `geometry` is evidence in the working
CRS (object column of shapely shapes, normalised). fid is the row in the layer's frame; -1 is none.
Nothing is filtered by size: a piece of 1e-9 m2 is a row. Only zero is dropped, and of `uncovered`
films and spikes under 1e-6 m, which is what rounding leaves between lines that were cut.

area       layer fid area_m2 source_area_m2 length_m
           Every feature of every spatial layer. source_area_m2: planar, in the CRS of the file.
           length_m: of lines; of areas the perimeter.
parents    child_layer fid parent_layer declared parent_fid how
           Every feature of a tier below another tier that the plan has, of tiers beside the chain,
           and of parcels and buildings (parent: the judged tier). parent_layer: nearest chained
           upper tier in the plan, "" when none. declared: what the file says, None when it says
           nothing. how: declared, code (code prefix), overlap (largest), unknown (declared, found
           nowhere), elsewhere (declared names another tier than parent_layer, one that the plan
           lacks or one further up; parent_fid is then by code or overlap), none. A parent that was
           quarantined is found: how "declared" or "code", parent_fid -1. Codes of tiers without
           nested_codes, of parcels and of buildings count as prefixes only if all that declare no
           parent have one and most of them lie in it.
nesting    child_layer fid parent_layer parent_fid actual_fid actual_share named_share
           One row per areal child with a parent layer. actual_fid: parent with the largest shared
           area, -1 when it meets none; the named one if it holds the child wholly. Shares are of
           the child's area; named_share is NaN where parent_fid is -1.
outside    child_layer fid parent_layer parent_fid piece area_m2 width_m depth_m geometry
           Pieces of a child outside the parent in `parents` (parent_fid >= 0), for chained tiers.
           depth_m: how far the child's line is off the parent's on average: area by the length
           along the parent's outline or that of the rest, whichever is shorter; infinite where
           one of them is nothing, NaN where the piece is narrower than 0.1 m.
overlap    layer fid_a fid_b piece area_m2 width_m geometry
           Pieces of overlap within a layer whose spec says disjoint; label(a) <= label(b).
           Pairs in `duplicate` are not listed.
duplicate  layer fid_a fid_b area_m2 geometry
           Pairs of one shape (they agree to 1 mm), in tiers, parcels and buildings. Also of lines
           and points; their area is 0.
part       layer fid part n_parts area_m2 width_m geometry
           Parts of the areas of tiers, parcels, heritage_zone and control_line: every one of a
           feature of several, else those under 100 m2 or narrower than 10 m.
corner     layer fid corner angle_deg edge_m shared geometry
           Corners of their outlines under 30 degrees, pointing out or in. edge_m: the shorter of
           the two edges. shared: another feature, of any of these layers, has this vertex (1 mm).
short_edge layer fid edge length_m shared geometry
           Edges of their outlines under 0.1 m, also of no length; shared and geometry are those
           of its first vertex.
beside     layer fid other_layer other_fid run length_m distance_m inside geometry
           Stretches (5 m at most) of the edges of tiers and parcels that run along an edge of the
           own parent, or of a neighbour of the layer where its features may not overlap, within
           10 m of it (and at under 17 degrees to it) and not on it (1 mm). Edges that another
           feature of the layer or the parent has vertex for vertex are left out. Of two neighbours
           the first in the order of the layer has the stretches. run: the same for stretches that
           follow on each other, from 0 for each pair. inside: in the other feature.
uncovered  child_layer parent_layer scope parent_fid piece area_m2 width_m depth_m enclosed
           geometry
           Pieces of a parent that a tier with partitions_parent leaves uncovered: scope "own", by
           the parent's own children (as in `parents`), and scope "any", by all features of the
           tier. enclosed: the piece shares no length (1 mm) with the parent's outline. depth_m as
           in `outside`. Where the tier's parent layer is not in the plan, holes of the union of
           the tier: parent_layer "", scope "any", parent_fid -1, enclosed True.
between    child_layer parent_layer parent_fid piece fid_a fid_b along_a_m along_b_m outline_m
           largest_m
           Pieces of `uncovered` (scope "any") that two features of the tier or more lie along, with
           the two that do so the furthest, label(a) <= label(b). along: length of the piece's
           outline on each; outline: all of it. largest: diameter of the largest circle in the
           piece, to 5 cm or a fiftieth of its mean width.
declared_gap  number child_layer parent_layer scope parent_fid piece area_m2 geometry
           For each gap that the plan declares as allowed (number: its place in that list) and each
           scope the piece of `uncovered` that it means: the one that holds its place, else the
           largest within its reach. No row where there is none.
unspoken   source_layer actor_layer fid area_m2 width_m share areal geometry
           What of an actor lies outside all that the sources of a heritage layer are declared to
           cover (`covers` in gisplan.toml: codes of tiers); no row where none declares any.
relate     actor_layer fid zone_layer zone_fid area_m2 width_m share_actor share_zone length_m
           n_points geometry
           Units, projects, parcels (and every tier from the judged one down) x heritage_zone,
           control_line and planning_zone: one row per pair with a shared interior (for a line:
           length > 0, for a point: inside or on the edge). Nothing is filtered by size. width_m:
           of the widest piece. Shares are by area, length or points, as the shared part is; 0 of a
           feature of more dimensions (a line's share of an area).
built      actor_layer fid zone_layer zone_fid area_m2 width_m share_actor share_zone length_m
           n_points geometry
           As relate, for buildings x control_line.
beyond     actor_layer fid piece area_m2 width_m length_m geometry
           Same actors: what lies outside all control lines of the kind development_boundary; no
           rows where the plan has none. A line or point is one piece of area 0, with its length.
copy       kind upper lower change fid piece area_m2 width_m depth_m geometry
           Areas of control_line whose `tier` is in the chain, by kind, each tier against the next
           one (`lower`) that has lines of the kind. change: due, what of an upper line (fid) lies
           where the lower tier has plans, everywhere if the plan lacks that tier's layer; lost,
           what of that no lower line holds; added, what of a lower line (fid) no upper line holds.
           depth_m as in `outside`, off the outline of all upper lines of the kind; NaN for due.
works      actor_layer fid zone_layer zone_fid area_m2 width_m share_actor share_zone length_m
           n_points geometry
           As relate, for buildings x heritage_zone.
near       actor_layer fid body_fid distance_m inside area_m2 share_body share_actor
           centroid_inside geometry
           Same actors x heritage_body within 500 m. inside: distance 0. area_m2: shared with the
           footprint, 0 for points. share_body: of the body's area, length or points. geometry: the
           body's shape.
           share_actor: of the actor's. centroid_inside: the body's, in the actor.
struck     actor_layer fid body_fid distance_m inside area_m2 share_body share_actor
           centroid_inside geometry
           As near, for buildings x heritage_body within 20 m.
           All hold pairs of the shapes as repaired; `doubt` has the rest.
contact    actor_layer fid other_layer other_fid certain areal covered area_m2 left_m2 left_width_m
           One row per pair of relate with a heritage_zone or a purple line (the contact is what
           they share) and per pair of near that is inside (the contact is the body's shape).
           certain: neither shape was repaired. left: what of the contact lies on no parcel or
           building whose action is keep (a parcel with a mode is not kept); covered: nothing.
inside     actor_layer fid other_layer other_fid part_layer part_fid certain areal area_m2 width_m
           share_part
           What lies in the contacts: buildings; in those of the judged tier also parcels and the
           tiers below, each by its pessimistic shape. Of contacts that are points or lines also
           what lies within 20 m. areal: contact and part are areas. share_part: of the part's.
           certain: the shape was not repaired. part_fid -1: one or more that were set aside.
doubt      actor_layer fid other_layer other_fid other_label why_zh why_en
           Actors that a feature of uncertain shape could concern more than the rows say: a zone
           or body that was repaired or quarantined, within 50 m of its pessimistic shape
           (other_fid -1 for a quarantined one); a control line or planning zone, repaired and
           meeting the actor, or quarantined within 50 m; an actor whose own pessimistic shape
           meets one; a repaired parent or development boundary whose smallest shape leaves out
           part of the actor; a neighbour of the judged tier that may overlap it. A row that says
           as much (relate; near with inside, or within 50 m where the doubt is no more) leaves no
           doubt. actor fid -1: every actor, because the place of what is quarantined is unknown.
           Also buildings with an action other than keep that such a zone or body may lie on.
plot       layer fid home_layer home_fid
           As located, for buildings that lie in a parcel.
asset      zone_fid asset stem body_fid how
           Every heritage zone. asset: what it is a zone of, equal for the zones of one thing: the
           code of the body that it names; without one its name less the word for its kind (of the
           one body of that name, its code); "" where it has neither. stem: that shorter name. how:
           code or name (body_fid is the body), aside (the body named is in quarantine), unknown
           (no body has the code), none (no code, and no one body of its name).
body_zone  zone_fid body_fid own distance_m share_body
           Zones x bodies that meet, the edge included, and the zone's own body wherever it lies.
           share_body: of the body's area, length or points in the zone.
body_out   body_fid kind zone_fid distance_m area_m2 width_m geometry
           One row per body and kind of zone (`zone`) that belongs to it: what of the body lies
           outside the union of those zones. zone_fid: the first of them. distance_m: from the
           union, 0 where they meet. width_m: of the widest piece. geometry: what is outside, the
           body where nothing is.
body_pair  body_a body_b same_name distance_m share_a share_b
           Pairs of bodies that meet, and of each body with the nearest one of its name. Shares of
           either's area, length or points.
split      asset relation inner_fid outer_fid other_layer other_fid area_m2 width_m distance_m
           geometry
           Assets with inner and outer zones (Z2 and Z3, Z6 and Z7; fids: the first of them) whose
           unions are compared; one row per piece. relation: overlap; gap, a hole in both together;
           apart, they do not touch (distance_m; geometry: what lies between). For Z6 and Z7, by
           the areal body of the asset and by the purple lines (Z9, control lines) that meet them:
           beyond, what of the zones lies outside it; undivided, what of it is in neither zone (of
           a purple line only if half of it is in the zones).
stand_in   body_fid how other_fid distance_m geometry
           Bodies drawn as points. how: body, an area of the layer of the same code or name within
           200 m; building, the nearest one, within 20 m; disc, of 10 m. other_fid: that body or
           the nearest building, -1 without any. distance_m: from it, inf without any.
shadow     actor_layer fid source other_fid
           Actors that share land with the building or disc of a `stand_in` and do not meet the
           point (other_fid: the body), and those that share land with a piece of `split` that is
           gap, apart or undivided (other_fid: the inner zone).
grid       layer path how factor likely share n_points n_buildings
           Every raster of heights (surface, terrain) in the plan. how the unit of its heights is
           known: stated; proved (no one says it, and of metres and feet one alone lets surface,
           terrain and the stated heights of buildings agree, along the views and within 300 m of
           them); contradicted (what is said does not agree, another would); unknown. factor: what
           its heights are to be multiplied by, NaN where that is not certain; likely: what would
           let them agree. share: of the land of the judged tier that the layer's rasters cover.
           n_points, n_buildings: what was compared.
raster_cover
           layer path how known n_of_layer
           Every raster of the plan that is not of heights. how: read, no_crs where nobody says it,
           broken where cells on the land cannot be read. known: of the land of the judged tier, the
           part where it has data, at parts of cells; NaN unless read, or where there is no land.
           n_of_layer: how many rasters its layer has.
sight      actor_layer fid view_fid why area_m2 width_m allowed_m at_m length_m ground_m sight_m
           eye_m end_m high_ground_m from_m to_m existing_m existing_at_m n_samples n_unknown
           profile geometry
           Same actors, and buildings whose action is to build, x view: one row per pair with a
           shared interior. A view's rays run straight from the eye to what is seen, over the
           ground of `terrain` (gisplan.measure.views); the Earth is flat. allowed_m: how high may
           be built above the ground where there is least room under a ray, at the distance at_m
           from the eye, on a ray of length_m, over ground_m, under sight_m. eye_m, end_m: its ends
           above the datum. high_ground_m: highest ground in the shared part; from_m, to_m: where
           the ray is over it. existing_m: what stands in `surface` above the ray today (negative:
           below), at existing_at_m, leaving out 10 m at the ends and the body seen. Places are half
           a cell apart, or 1,000 along a shape and 500 within; n_unknown of them have no height.
           profile: of the ray, rows of distance, ground, surface, sight. why no height is known,
           or not all: bent, parts, viewpoint (no rays), target (what is seen has no height),
           terrain (there is none), unit (not certain), ends, outside, nodata; else "". Heights
           above the ground that were found beside a gap stand, as upper bounds.
service    layer fid facility radius_m land_m2 before after
           Housing land served in each area of the tier above the judged one (else of it), for each
           class of facilities of which one is planned or will be removed: the share of land_m2
           within radius_m of those that exist, and of those that stand when all is done.
located    layer fid home_layer home_fid
           One row per facility that lies in a feature of the judged tier, with its point (of an
           area one inside it), on the edge included; the first in the order of labels where two
           meet. A facility that lies in none has no row.
handed     parent_layer parent_code indicator child_layer child parent_fid child_fid parent_row
           child_row state factor value weight
           One row per indicator row of an area and area below it, of the next lower tier of which
           the indicator table has rows: those that `parents` puts below the area, those in
           quarantine and those that the table alone names by code prefix. child: its label.
           parent_row, child_row: fids in the indicator table; child_row is -1 where the area has no
           row of this indicator, else the row for the year (one without a year is for any), else
           the latest. state: value, absent (no row), empty (no target in it), other_year,
           ambiguous (two different values), unit (its unit does not convert). factor: from the
           child's unit into the parent's, NaN where it does not convert. value: the child's target
           in the parent's unit, NaN unless the state is value. weight: the child's `weight`, or its
           value of the indicator that the parent's row weighs by; NaN where there is none.
rollup     parent_layer parent_fid parent_code indicator parent_row name unit nature requirement
           year target reserve rollup child_layer n_children n_values missing strange total done
           low high exact why
           One row per indicator row of an area for which the table has a lower tier, unless it says
           that it is not rolled up; its children are those of `handed`. missing: labels of the
           children without a value for the year; strange: of those whose unit does not convert;
           n_values: children with a value, strange ones included. done: what the values make
           together by `rollup`, in the parent's unit: their sum, weighted mean, largest or
           smallest; of each the one that decides (largest for at_most, smallest for at_least, else
           the farthest from the target). total: done of a sum. low, high: smallest and largest
           value. why: the reason where done is NaN: no_children, no_method, unknown_method, ratio
           (shares or rates to be summed), unit, no_value, no_weight; else "". exact: decimals
           slack, 0.005 a value in the coarser of both units, in the parent's unit.
"""
