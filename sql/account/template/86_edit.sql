-- Views in which the layers are edited.

SELECT terrcarbon_internal.make_editing_view(l.name)
FROM (VALUES ('activity'), ('building'), ('land_cover'), ('road_segment'), ('trip')) AS l (name);
