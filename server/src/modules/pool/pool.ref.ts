import { builder } from '../../graphql/builder.ts'
import type { PoolSource } from './pool.service.ts'

/** Pools and policies name one another: the name is here, what it has in pool.type.ts. */
export const CostPool = builder.objectRef<PoolSource>('CostPool')
