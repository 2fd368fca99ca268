-- What every rate priced on a local day, added up from its events once: the quarterly review reads these instead of every event. It holds
-- for the generation of `sums_change` that it was made at, and only for that one: whatever changes an event of the day makes it stale in
-- the same transaction, and then the day is read from its events until it is made anew.
CREATE TABLE "priced_day" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "generation" BIGINT NOT NULL,
    "resource_ids" UUID[],
    "meters" TEXT[],
    "rate_ids" UUID[],
    "quantities" DECIMAL(44,6)[],
    "invocations" BIGINT[],

    CONSTRAINT "priced_day_pkey" PRIMARY KEY ("tenant_id", "day")
);
ALTER TABLE "priced_day"
  ADD CONSTRAINT "priced_day_lines_parallel" CHECK (
    cardinality("resource_ids") = cardinality("meters") AND cardinality("resource_ids") = cardinality("rate_ids")
    AND cardinality("resource_ids") = cardinality("quantities") AND cardinality("resource_ids") = cardinality("invocations"));

-- Until now a day of a closed month did not grow by what was posted elsewhere; nothing stands on the generations of before.
ALTER TABLE "priced_day" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "priced_day" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "priced_day" TO outlay_app USING ("tenant_id" = current_setting('app.tenant_id')::uuid)
  WITH CHECK ("tenant_id" = current_setting('app.tenant_id')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON "priced_day" TO outlay_app;
-- Example data can be removed with everything of it.
GRANT SELECT, DELETE ON "priced_day" TO outlay_eraser;
CREATE POLICY "demo_erasure" ON "priced_day" TO outlay_eraser USING ("tenant_id" = current_setting('app.erased_tenant')::uuid);
