import type { ComponentProps } from 'react'

interface LinkProps extends ComponentProps<'a'> {
  href: string
  /** Takes the place of the present address instead of coming after it. */
  replace?: boolean
  /** False: the page stays where it is scrolled to. */
  scroll?: boolean
  /** Its page is asked for when the pointer or the focus is on it: for the few links that everybody takes. */
  ahead?: boolean
}

/**
 * A link within the portal. It is a plain anchor, which `FollowLinks` in the root layout follows without loading a document: a table of a
 * thousand amounts has thousands of links, and as components of the browser each would be sent twice and be made alive by itself.
 * Nothing is fetched before it is followed.
 */
export function Link({ href, replace = false, scroll = true, ahead = false, ...props }: LinkProps) {
  const how = [replace ? 'replace' : '', scroll ? '' : 'stay', ahead ? 'ahead' : ''].filter((word) => word !== '')
  return <a {...props} href={href} data-link={how.join(' ')} />
}
