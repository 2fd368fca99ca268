import { z } from 'zod'
import { clientViewSchema } from './client-view.ts'

/** What the page behind a link is made of: a month, and what may be chosen beside it. Strict, as the view is. */
export const clientPageSchema = z.strictObject({
  view: clientViewSchema,
  /** First days of the months that the link shows, the latest first. */
  months: z.array(z.string()),
  /** The last day on which the link works, in the time zone of the firm. */
  worksUntil: z.string(),
})

export type ClientPage = z.infer<typeof clientPageSchema>
