-- Views: the address of a page under a name, of one person or shown to all of the tenant. `query` holds the page's own parameters only
-- (domain/src/views/check-view.ts).
CREATE TABLE "saved_view" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "page" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "owner_email" TEXT NOT NULL,
    "is_shared" BOOLEAN NOT NULL,
    "saved_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "saved_view_name_key" ON "saved_view"("tenant_id", "owner_id", "page", "name");
ALTER TABLE "saved_view"
  ADD CONSTRAINT "saved_view_page_known" CHECK ("page" IN ('SPEND')),
  ADD CONSTRAINT "saved_view_name_length" CHECK (char_length("name") BETWEEN 1 AND 80),
  ADD CONSTRAINT "saved_view_query_length" CHECK (char_length("query") <= 12000),
  ADD CONSTRAINT "saved_view_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "saved_view" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "saved_view" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "saved_view" TO outlay_app USING ("tenant_id" = current_setting('app.tenant_id')::uuid)
  WITH CHECK ("tenant_id" = current_setting('app.tenant_id')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON "saved_view" TO outlay_app;
