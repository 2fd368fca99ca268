-- "What arrived last" is asked every two seconds by the page that waits for a first event. A block-range index costs an
-- insert next to nothing and finds the last hour's blocks. Vacuum summarises; until then the newest blocks are simply read.
CREATE INDEX "invocation_arrival_idx" ON "invocation" USING brin ("ingested_at") WITH (pages_per_range = 32);
