import type { Brand } from '@outlay/domain/audience/brand'
import { builder } from '../../graphql/builder.ts'

export const TenantBrand = builder.objectRef<Brand>('TenantBrand').implement({
  description: 'The colours that stand for the firm on what its clients see.',
  fields: (t) => ({
    light: t.exposeString('light', { description: 'On light pages and on paper, such as #1d5c48' }),
    dark: t.exposeString('dark', { description: 'On dark pages, such as #6cc6a0' }),
  }),
})

export const TenantBrandInput = builder.inputType('TenantBrandInput', {
  description: 'Both colours, or neither for a firm without; text must be readable in them (4.5:1, WCAG AA).',
  fields: (t) => ({
    light: t.string({ description: 'On light pages and on paper, such as #1d5c48' }),
    dark: t.string({ description: 'On dark pages, such as #6cc6a0' }),
  }),
})
