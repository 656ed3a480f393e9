-- The classifier that gives CPC subclasses to texts without any, trained on the patents of this warehouse.

-- ground: the statistics that it stands on; with other statistics it means nothing. packed: nlp/classes.py
create table class_models (
    ground varchar not null,
    patents bigint not null,
    packed blob not null,
    trained_at timestamptz not null
);
