-- Corpus statistics are kept, so that a run fits nothing anew and a score stays what it was.

-- packed: nlp/columns_ground.py. clusters: how many the warehouse held when they were taken
create table grounds (
    model_version varchar not null,
    clusters bigint not null,
    packed blob not null,
    taken_at timestamptz not null
);
