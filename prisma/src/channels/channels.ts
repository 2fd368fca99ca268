import { endChannel, pauseChannel, resumeChannel, rotateSecret } from './change-channel.ts'
import type { ChannelDeps } from './channel-writer.ts'
import { replayDelivery, requestTest } from './request-delivery.ts'
import { createChannel, updateChannel } from './save-channel.ts'

/** All that changes channels and asks for deliveries: each is one transaction of the tenant. */
export function channelChanges(deps: ChannelDeps) {
  return {
    create: createChannel.bind(null, deps),
    update: updateChannel.bind(null, deps),
    pause: pauseChannel.bind(null, deps),
    resume: resumeChannel.bind(null, deps),
    end: endChannel.bind(null, deps),
    rotateSecret: rotateSecret.bind(null, deps),
    requestTest: requestTest.bind(null, deps),
    replay: replayDelivery.bind(null, deps),
  }
}

export type ChannelChanges = ReturnType<typeof channelChanges>
