import type { CorrectionRecord } from '@outlay/db/corrections/correction'
import { builder } from '../../graphql/builder.ts'

const CorrectionKind = builder.enumType('CorrectionKind', {
  values: {
    VOID: { description: 'The event counts nothing any more' },
    REPLACE: { description: 'Another event counts in its place' },
  },
})

export const InvocationCorrection = builder.objectRef<CorrectionRecord>('InvocationCorrection').implement({
  description: 'What was done to a recorded event. It is never changed; the event itself stays.',
  fields: (t) => ({
    kind: t.field({ type: CorrectionKind, resolve: (correction) => correction.kind }),
    invocationId: t.exposeString('invocationId', { description: 'The event that counts nothing any more' }),
    replacementId: t.exposeString('replacementId', { nullable: true, description: 'The event that took its place' }),
    reason: t.exposeString('reason'),
    correctedBy: t.exposeString('correctedBy', { description: 'An e-mail address, or `API key` and its name' }),
    correctedAt: t.expose('correctedAt', { type: 'DateTime' }),
  }),
})
