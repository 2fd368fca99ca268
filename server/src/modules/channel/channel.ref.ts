import type { ChannelRecord, DeliveryRecord } from '@outlay/db/sql/read-channels'
import { builder } from '../../graphql/builder.ts'

/** Channels and deliveries name one another, and alerts name deliveries: the names are here, what they have in channel.type.ts. */
export const Channel = builder.objectRef<ChannelRecord>('Channel')
export const AlertDelivery = builder.objectRef<DeliveryRecord>('AlertDelivery')
