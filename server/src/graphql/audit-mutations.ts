import { insertAuditEvent } from '@outlay/db/sql/read-audit'
import { auditedFacts, subjectOf } from '@outlay/domain/audience/audited-facts'
import { defaultFieldResolver, type GraphQLField, type GraphQLSchema } from 'graphql'
import { actorOf } from './actor.ts'
import { factsOf } from './apply-policy.ts'
import type { Context } from './context.ts'
import { encodeId, encodeTextId } from './ids.ts'

/**
 * Puts every mutation into the audit log once it has succeeded: who did it, what it was of, and its input without secrets. A mutation needs
 * nothing to be noted; what is not noted says so in its facts (`audit`). The entry is written after the change and before the answer: who
 * is answered has an entry.
 */
export function auditMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) noteSuccess(field)
  return schema
}

function noteSuccess(field: GraphQLField<unknown, Context>): void {
  const { audit = 'ALWAYS' } = factsOf(field)
  // Said on the field itself, where a test can see of each mutation that it came through here.
  field.extensions = { ...field.extensions, audited: audit }
  if (audit === 'NEVER') return
  const resolve = field.resolve ?? defaultFieldResolver
  field.resolve = async (source, args: Record<string, unknown>, context, info) => {
    const payload: unknown = await resolve(source, args, context, info)
    const isLeftOut = audit === 'PEOPLE' && context.principal.kind === 'key'
    if (!isLeftOut && isDone(payload)) await noteAudit(context, field.name, args)
    return payload
  }
}

/** A change that found something to mend was not made. */
function isDone(payload: unknown): boolean {
  if (typeof payload !== 'object' || payload === null || !('userErrors' in payload)) return true
  return !Array.isArray(payload.userErrors) || payload.userErrors.length === 0
}

/** Puts into the audit log that the asker did something: what it was called, and with what. */
export async function noteAudit(context: Context, action: string, args: Record<string, unknown>): Promise<void> {
  const { principal, db } = context
  await insertAuditEvent(db, {
    actorKind: principal.kind === 'user' ? 'USER' : 'KEY',
    actorId: principal.kind === 'user' ? encodeTextId('User', principal.userId) : encodeId('ApiKey', principal.keyId),
    actorLabel: await actorOf(context),
    action,
    subject: subjectOf(args),
    facts: auditedFacts(args),
  })
}
