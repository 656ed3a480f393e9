-- Fingerprints for near-identical text, what brokers keep apart, classed changes, and what a source's health is read from.

-- one narrow row per item: 25 numbers that twins are likely to share, and 128 octets whose agreement estimates likeness
create table signatures (
    item_key varchar not null,
    bands uinteger[] not null,
    marks blob not null
);

-- two items that a broker says are not one thing; consulted at every join, never undone by one
create table kept_apart (
    item_key varchar not null,
    other_key varchar not null,
    broker varchar not null,
    kept_at timestamptz not null
);

-- what each revision changed, field by field, told apart by what it means to a reader
create table changes (
    item_key varchar not null,
    revision integer not null,
    field varchar not null,
    class varchar not null,
    is_material boolean not null,
    before varchar,
    after varchar,
    changed_at timestamptz not null
);

-- what one run says of its source's health: which fields were filled, which captures the items came from
create table checks (
    source varchar not null,
    run_key varchar not null,
    items integer not null,
    filled varchar not null,
    captures varchar not null,
    trouble varchar not null
);
