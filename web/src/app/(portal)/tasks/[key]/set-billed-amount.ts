'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { graphql } from '../../../../generated/gql.ts'
import { query } from '../../../../lib/api.ts'
import { ApiError } from '../../../../lib/api-error.ts'

const SetBilledDocument = graphql(`
  mutation SetBilled($input: UpsertTaskInput!) {
    upsertTask(input: $input) {
      userErrors {
        code
        message
      }
    }
  }
`)

const form = z.object({
  key: z.string().min(1).max(256),
  currency: z.string().length(3),
  // Thousands separators and spaces are how people write amounts; the rest must be a plain decimal.
  amount: z
    .string()
    .transform((text) => text.replace(/[\s,]/g, ''))
    .pipe(z.string().regex(/^\d{1,15}(\.\d{1,6})?$/, 'Write the amount like 50 or 1,250.00.')),
})

export type SetBilledState = { kind: 'idle' } | { kind: 'saved' } | { kind: 'refused'; message: string }

/** Sets what a task is billed at, as the visitor; the server decides whether they may. */
export async function setBilledAmount(_: SetBilledState, data: FormData): Promise<SetBilledState> {
  const parsed = form.safeParse(Object.fromEntries(data.entries()))
  if (!parsed.success)
    return { kind: 'refused', message: parsed.error.issues[0]?.message ?? 'This amount cannot be read.' }
  const { key, currency, amount } = parsed.data
  try {
    const { upsertTask } = await query(SetBilledDocument, { input: { key, billed: { amount, currency } } })
    const [error] = upsertTask.userErrors
    if (error !== undefined) return { kind: 'refused', message: error.message }
  } catch (error) {
    if (error instanceof ApiError) return { kind: 'refused', message: error.message }
    throw error
  }
  revalidatePath(`/tasks/${encodeURIComponent(key)}`)
  return { kind: 'saved' }
}
