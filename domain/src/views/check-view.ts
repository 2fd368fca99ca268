import { DomainError, quoted } from '../errors.ts'

/** The pages of the portal whose view can be saved. */
export const VIEW_PAGES = ['SPEND', 'AGENTS', 'TASKS', 'CLIENTS', 'ANOMALIES', 'BUDGETS'] as const
export type ViewPage = (typeof VIEW_PAGES)[number]

const PERIOD = ['period', 'from', 'to', 'bins', 'compare', 'basis']
const TABLE = ['sort', 'q', 'hide', 'show']

/** What the address of a page may say: its own parameters and nothing else. */
export const VIEW_PARAMETERS: Readonly<Record<ViewPage, readonly string[]>> = {
  SPEND: [...PERIOD, ...['by', 'then', 'agent', 'client', 'project', 'provider', 'resource', 'kind', 'open'], ...TABLE],
  AGENTS: [...PERIOD, 'trend', ...TABLE],
  TASKS: [...PERIOD, 'client', 'order', ...TABLE],
  CLIENTS: [...PERIOD, ...TABLE],
  ANOMALIES: [...PERIOD, 'state', ...TABLE],
  BUDGETS: TABLE,
}

const NAME_MAX = 80
const QUERY_MAX = 4_000

export interface ViewWish {
  page: ViewPage
  name: string
  /** The query string of the page's address, without the question mark. */
  query: string
  isShared: boolean
}

/**
 * A view that can be stored: its name trimmed, its query string written anew from the page's own parameters. A link made of it leads to that
 * page and nowhere else. Throws DomainError MISSING_FIELD and INVALID_FIELD.
 *
 *     checkView({ page: 'SPEND', name: ' Clients ', query: 'then=agent&by=client', isShared: false }).query // 'by=client&then=agent'
 */
export function checkView(wish: ViewWish): ViewWish {
  const name = wish.name.trim()
  if (name === '') throw new DomainError('MISSING_FIELD', 'What is the view called? Its name is missing.', 'name')
  if (name.length > NAME_MAX || /\p{Cc}|\p{Surrogate}/u.test(name)) {
    throw new DomainError('INVALID_FIELD', `A name is one line of at most ${NAME_MAX} characters.`, 'name')
  }
  return { ...wish, name, query: checkQuery(wish.page, wish.query) }
}

function checkQuery(page: ViewPage, query: string): string {
  if (query.length > QUERY_MAX) {
    const message = `The address of a view has at most ${QUERY_MAX} characters; this one has ${query.length}.`
    throw new DomainError('INVALID_FIELD', message, 'query')
  }
  const entries = parametersOf(query)
  for (const [name, value] of entries) {
    if (!VIEW_PARAMETERS[page].includes(name)) {
      throw new DomainError('INVALID_FIELD', `The page has no parameter ${quoted(name)}.`, 'query')
    }
    if (/\p{Cc}|\p{Surrogate}/u.test(value)) {
      throw new DomainError('INVALID_FIELD', `The parameter ${name} holds what no address holds.`, 'query')
    }
  }
  const sorted = entries.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return sorted.map((entry) => entry.map(encoded).join('=')).join('&')
}

/** The parameters of a query string, as a form writes it: spaces are plus signs. */
function parametersOf(query: string): [name: string, value: string][] {
  return query
    .replace(/^\?/, '')
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', ...value] = part.split('=')
      return [decoded(name), decoded(value.join('='))]
    })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new DomainError('INVALID_FIELD', `${quoted(text)} is not encoded as an address is.`, 'query')
  }
}

const encoded = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+')
