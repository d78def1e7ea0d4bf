-- Views in which the layers are edited.

SELECT terrcarbon_internal.make_editing_view(l.name)
FROM layer l WHERE l.deposits IS NOT NULL;
