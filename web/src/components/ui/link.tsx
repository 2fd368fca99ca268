import NextLink from 'next/link'
import type { ComponentProps } from 'react'

/**
 * A link that is fetched when it is followed. Next would fetch every link in view ahead of time: a list of fifty tasks would ask the
 * server for a hundred pages that nobody opens.
 */
export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink prefetch={false} {...props} />
}
