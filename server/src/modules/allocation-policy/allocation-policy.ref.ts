import type { PolicyRecord } from '@outlay/db/sql/read-policies'
import { builder } from '../../graphql/builder.ts'

/** Pools and policies name one another: the name is here, what it has in allocation-policy.type.ts. */
export const AllocationPolicy = builder.objectRef<PolicyRecord>('AllocationPolicy')
