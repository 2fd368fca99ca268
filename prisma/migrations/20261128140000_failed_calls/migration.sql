-- What went wrong, where the sender of an event says that it failed. What a failed call used is billed all the same: nothing is counted by this,
-- and reports say what of the cost came of it.
ALTER TABLE "invocation" ADD COLUMN "failure" TEXT;
CREATE INDEX "invocation_failed_idx" ON "invocation"("tenant_id", "occurred_at") WHERE "failure" IS NOT NULL;
