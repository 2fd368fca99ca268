import type { EngagementRecord } from '@outlay/db/sql/read-engagements'
import { builder } from '../../graphql/builder.ts'

/** Charges name engagements: the name is here, what they have in engagement.schema.ts. */
export const Engagement = builder.objectRef<EngagementRecord>('Engagement')
