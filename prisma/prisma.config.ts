import { defineConfig } from 'prisma/config'

// For Prisma's own commands. Outlay itself applies migrations with prisma/src/migrate and needs none of this.
export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://127.0.0.1:5432/outlay' },
})
