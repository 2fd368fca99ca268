import type { CorrectionOutcome, StatedFields } from '@outlay/db/corrections/correction'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'

export async function voidInvocation(
  context: Context,
  { id, reason }: { id: string; reason: string },
): Promise<CorrectionOutcome> {
  return context.services.voidInvocation(context.tenant.id, { id, reason, by: await actorOf(context) })
}

export async function replaceInvocation(
  context: Context,
  { id, reason, replacement }: { id: string; reason: string; replacement: StatedFields },
): Promise<CorrectionOutcome> {
  const by = await actorOf(context)
  return context.services.replaceInvocation(context.tenant.id, { id, reason, by, replacement })
}
