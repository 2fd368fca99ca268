import { builder } from '../../graphql/builder.ts'

export const UsageInput = builder.inputType('UsageInput', {
  fields: (t) => ({
    meter: t.string({ required: true }),
    quantity: t.field({ type: 'Decimal', required: true }),
  }),
})
