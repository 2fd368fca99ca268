import { INVOCATION_KINDS } from '@outlay/domain/rollup/grain'
import { askedRange, PRESET_IDS } from '@outlay/domain/periods/asked-range'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import type { Dimension } from '@outlay/db/sql/rollup-source'
import type { Context } from '../graphql/context.ts'
import { badInput } from '../graphql/errors.ts'
import type { CostFilterArgs } from '../modules/rollup/rollup.service.ts'
import type { CostBasis } from '../reads/cost-basis.ts'

/** What the address of an export asks for. Its parameters are those of the page; what only says how the page looks is not read. */
export interface ExportRequest {
  parameters: URLSearchParams
  range: DateRange
  basis: CostBasis
  /** The whole address, as it was asked. */
  url: string
}

const BASES: Readonly<Record<string, CostBasis>> = {
  direct: 'DIRECT',
  attributed: 'ATTRIBUTED',
  loaded: 'FULLY_LOADED',
}

/** What a basis counts, for people. */
export const BASIS_WORDS: Readonly<Record<CostBasis, string>> = {
  DIRECT: 'direct',
  ATTRIBUTED: 'direct and chain-shared',
  FULLY_LOADED: 'direct, chain-shared and allocated',
}

/** Reads period and basis. Throws BAD_USER_INPUT for one that cannot be read: a file of other days than meant would be believed. */
export function readExportRequest({ tenant, now }: Pick<Context, 'tenant' | 'now'>, url: string): ExportRequest {
  const parameters = new URL(url).searchParams
  const period = one(parameters, 'period')
  const asked = { period, from: one(parameters, 'from'), to: one(parameters, 'to') }
  const { preset, range } = askedRange(asked, today(now, tenant.timeZone))
  if (period !== null && period !== preset) {
    throw badInput(
      'period',
      period === 'custom'
        ? 'period=custom needs `from` and `to` as dates such as 2026-03-01, in order and not in the future.'
        : `period is one of ${PRESET_IDS.join(', ')}, or custom with \`from\` and \`to\`.`,
    )
  }
  if (period === null && (asked.from !== null || asked.to !== null)) {
    throw badInput('period', '`from` and `to` count with period=custom.')
  }
  const basis = BASES[one(parameters, 'basis') ?? 'loaded']
  if (basis === undefined) throw badInput('basis', `basis is one of ${Object.keys(BASES).join(', ')}.`)
  return { parameters, range, basis, url }
}

/** The value of a parameter; null when it is absent or empty. */
export function one(parameters: URLSearchParams, name: string): string | null {
  return parameters.get(name) || null
}

const DIMENSIONS: Readonly<Record<string, Exclude<Dimension, 'TASK'>>> = {
  agent: 'AGENT',
  client: 'CLIENT',
  project: 'PROJECT',
  provider: 'PROVIDER',
  resource: 'RESOURCE',
  kind: 'KIND',
}

/** The one or two dimensions that `by` and `then` name. Throws BAD_USER_INPUT. */
export function readGrouping(parameters: URLSearchParams): Exclude<Dimension, 'TASK'>[] {
  const names = [one(parameters, 'by') ?? 'agent', one(parameters, 'then')].filter((name) => name !== null)
  return [...new Set(names)].map((name) => {
    const dimension = DIMENSIONS[name]
    if (dimension === undefined)
      throw badInput('by', `by and then are each one of ${Object.keys(DIMENSIONS).join(', ')}.`)
    return dimension
  })
}

/** The filters, each any number of times in the address. Throws BAD_USER_INPUT for a kind that there is not. */
export function readFilter(parameters: URLSearchParams): CostFilterArgs {
  const keys = (name: string): string[] | null => {
    const all = [...new Set(parameters.getAll(name).filter((key) => key !== ''))]
    return all.length === 0 ? null : all
  }
  const kinds = keys('kind')
  const known = INVOCATION_KINDS.filter((kind) => kinds?.includes(kind))
  if (kinds !== null && known.length < kinds.length) {
    throw badInput('kind', `kind is one of ${INVOCATION_KINDS.join(', ')}.`)
  }
  return {
    agents: keys('agent'),
    clients: keys('client'),
    projects: keys('project'),
    providers: keys('provider'),
    resources: keys('resource'),
    kinds: kinds === null ? null : known,
  }
}
