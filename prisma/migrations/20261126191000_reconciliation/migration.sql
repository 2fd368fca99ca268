-- What providers say they saw and charge (domain/src/reconciliation/provider-line.ts). A file is known by the hash of its text, so that
-- importing it again changes nothing. Removing one removes its lines; the ledger is never touched.
CREATE TABLE "provider_statement" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "content_hash" BYTEA NOT NULL,
    "first_day" DATE NOT NULL,
    "last_day" DATE NOT NULL,
    "providers" TEXT[] NOT NULL,
    "lines" INTEGER NOT NULL,
    "imported_by" TEXT NOT NULL,
    "imported_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_statement_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "provider_statement_content_unique" ON "provider_statement"("tenant_id", "content_hash");
ALTER TABLE "provider_statement"
  ADD CONSTRAINT "provider_statement_format_known" CHECK ("format" IN ('OPENAI_COSTS', 'OPENAI_USAGE', 'ANTHROPIC_COST', 'ANTHROPIC_USAGE', 'FOCUS_CSV', 'CSV')),
  ADD CONSTRAINT "provider_statement_name_length" CHECK (char_length("name") BETWEEN 1 AND 200),
  ADD CONSTRAINT "provider_statement_hash_is_sha256" CHECK (octet_length("content_hash") = 32),
  ADD CONSTRAINT "provider_statement_has_lines" CHECK ("lines" > 0 AND "first_day" <= "last_day"),
  ADD CONSTRAINT "provider_statement_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "provider_line" (
    "tenant_id" UUID NOT NULL,
    "statement_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "reference" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "account" TEXT,
    "resource" TEXT,
    "meter" TEXT,
    "tier" TEXT,
    "quantity" DECIMAL(38,6),
    "amount" DECIMAL(38,18),
    "currency" CHAR(3),
    "kind" TEXT NOT NULL,
    "fx_rate" DECIMAL(38,18),

    CONSTRAINT "provider_line_pkey" PRIMARY KEY ("tenant_id", "statement_id", "number")
);
-- The days of a month, of one provider or of all.
CREATE INDEX "provider_line_day_idx" ON "provider_line"("tenant_id", "day", "provider");
ALTER TABLE "provider_line"
  ADD CONSTRAINT "provider_line_kind_known" CHECK ("kind" IN ('USAGE', 'CREDIT', 'TAX', 'DISCOUNT', 'ADJUSTMENT')),
  ADD CONSTRAINT "provider_line_amount_has_currency" CHECK (("amount" IS NULL) = ("currency" IS NULL)),
  ADD CONSTRAINT "provider_line_states_something" CHECK ("amount" IS NOT NULL OR "quantity" IS NOT NULL),
  ADD CONSTRAINT "provider_line_quantity_not_negative" CHECK ("quantity" >= 0),
  ADD CONSTRAINT "provider_line_fx_rate_positive" CHECK ("fx_rate" > 0),
  ADD CONSTRAINT "provider_line_tenant_id_statement_id_fkey" FOREIGN KEY ("tenant_id", "statement_id") REFERENCES "provider_statement"("tenant_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- A variance that somebody accepted, with the amount it had then: another amount is another variance, and open again. '' is the row of the
-- provider's whole day.
CREATE TABLE "accepted_variance" (
    "tenant_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "resource" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,
    "reason" TEXT NOT NULL,
    "accepted_by" TEXT NOT NULL,
    "accepted_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accepted_variance_pkey" PRIMARY KEY ("tenant_id", "provider", "day", "resource", "cause")
);
ALTER TABLE "accepted_variance"
  ADD CONSTRAINT "accepted_variance_cause_known" CHECK ("cause" IN ('TAX', 'CREDIT', 'DUPLICATE', 'FX', 'TIMING', 'COVERAGE', 'ROUNDING', 'TIER', 'RATE', 'UNEXPLAINED')),
  ADD CONSTRAINT "accepted_variance_has_reason" CHECK (char_length("reason") BETWEEN 1 AND 1000),
  ADD CONSTRAINT "accepted_variance_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "provider_statement" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "provider_statement" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "provider_statement" TO outlay_app USING ("tenant_id" = current_setting('app.tenant_id')::uuid)
  WITH CHECK ("tenant_id" = current_setting('app.tenant_id')::uuid);
GRANT SELECT, INSERT, DELETE ON "provider_statement" TO outlay_app;
GRANT SELECT, DELETE ON "provider_statement" TO outlay_eraser;
CREATE POLICY "demo_erasure" ON "provider_statement" TO outlay_eraser USING ("tenant_id" = current_setting('app.erased_tenant')::uuid);

ALTER TABLE "provider_line" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "provider_line" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "provider_line" TO outlay_app USING ("tenant_id" = current_setting('app.tenant_id')::uuid)
  WITH CHECK ("tenant_id" = current_setting('app.tenant_id')::uuid);
GRANT SELECT, INSERT, DELETE ON "provider_line" TO outlay_app;
GRANT SELECT, DELETE ON "provider_line" TO outlay_eraser;
CREATE POLICY "demo_erasure" ON "provider_line" TO outlay_eraser USING ("tenant_id" = current_setting('app.erased_tenant')::uuid);

ALTER TABLE "accepted_variance" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "accepted_variance" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "accepted_variance" TO outlay_app USING ("tenant_id" = current_setting('app.tenant_id')::uuid)
  WITH CHECK ("tenant_id" = current_setting('app.tenant_id')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON "accepted_variance" TO outlay_app;
GRANT SELECT, DELETE ON "accepted_variance" TO outlay_eraser;
CREATE POLICY "demo_erasure" ON "accepted_variance" TO outlay_eraser USING ("tenant_id" = current_setting('app.erased_tenant')::uuid);
