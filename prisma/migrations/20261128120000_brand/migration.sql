-- The colours of a firm on what its clients see: both, or neither. That text can be read in them is checked before they come here.
ALTER TABLE "tenant" ADD COLUMN "brand_light" TEXT, ADD COLUMN "brand_dark" TEXT;
ALTER TABLE "tenant"
  ADD CONSTRAINT "tenant_brand_is_of_colours" CHECK (
    "brand_light" IS NULL AND "brand_dark" IS NULL
    OR "brand_light" IS NOT NULL AND "brand_dark" IS NOT NULL AND "brand_light" ~ '^#[0-9a-f]{6}$' AND "brand_dark" ~ '^#[0-9a-f]{6}$');
GRANT SELECT ("brand_light", "brand_dark") ON "tenant" TO outlay_client;
