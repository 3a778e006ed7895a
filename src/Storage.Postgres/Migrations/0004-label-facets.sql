-- What a label's rows say of the execution besides the label (0001). An index's entry holds 2,704 bytes, of which the longest label takes 2,048: a longer facet is told by its hash
-- (ListIndex.Facet, the same there).
-- Not «immutable», which convert_to is not: as it is, the planner puts it in place.
create or replace function label_facet(name text, said text) returns text language sql stable as $$
    select case when octet_length(said) <= 240 then name || '=' || said
        else name || '#' || left(encode(sha256(convert_to(said, 'UTF8')), 'hex'), 32) end
$$;

update execution_labels
set facet = label_facet(split_part(facet, '=', 1), substr(facet, strpos(facet, '=') + 1))
where octet_length(substr(facet, strpos(facet, '=') + 1)) > 240;
