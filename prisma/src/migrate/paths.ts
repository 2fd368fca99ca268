import { fileURLToPath } from 'node:url'

export const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url))
export const schemaFile = fileURLToPath(new URL('../../schema.prisma', import.meta.url))
