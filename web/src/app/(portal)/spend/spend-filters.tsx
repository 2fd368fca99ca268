import { INVOCATION_KINDS } from '@outlay/domain/rollup/grain'
import { PickMany } from '../../../components/form/pick-many.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { ahead, query } from '../../../lib/api.ts'
import { scopeMembers } from '../../../lib/members.ts'
import type { DateRange } from '../../../lib/period.ts'
import { all, hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import { SPEND_DIMENSIONS, type SpendDimension, type SpendView } from '../../../lib/spend.ts'
import { SpendResourcesDocument } from './spend-facts.ts'

type Options = Readonly<Record<SpendDimension['id'], readonly { value: string; label: string }[]>>

/** Which part of the spend is looked at: a plain form, so the address holds every choice and it works before any script runs. */
export async function SpendFilters({
  params,
  view,
  range,
}: {
  params: SearchParams
  view: SpendView
  range: DateRange
}) {
  const options = await optionsOf(range)
  const names = new Set<string>(SPEND_DIMENSIONS.map(({ id }) => id))
  const carried = Object.entries(params).filter(([name]) => !names.has(name) && name !== 'open')
  return (
    <form action="/spend" role="group" aria-label="Filters" className="flex flex-wrap items-center gap-2">
      {carried.flatMap(([name, value]) =>
        all(value).map((one) => <input key={`${name} ${one}`} type="hidden" name={name} value={one} />),
      )}
      {SPEND_DIMENSIONS.map(({ id, api, plural }) => {
        const initial = view.kept.get(id) ?? []
        return (
          <PickMany
            key={`${id} ${initial.join('\n')}`}
            name={id}
            noun={plural}
            options={options[id]}
            initial={initial}
            {...(api === 'AGENT' || api === 'CLIENT' || api === 'PROJECT'
              ? { finds: { kinds: [api], valueOf: 'key' } as const }
              : {})}
          />
        )
      })}
      <button className="control">Apply</button>
      {view.kept.size === 0 ? null : (
        <Link
          href={hrefWith('/spend', params, {
            ...Object.fromEntries([...names].map((name) => [name, null])),
            open: null,
          })}
          scroll={false}
          className="link inline-flex min-h-8 items-center px-1"
        >
          Clear filters
        </Link>
      )}
    </form>
  )
}

/** What `SpendFilters` will ask. */
export function askOptions(range: DateRange): void {
  ahead(SpendResourcesDocument, { range })
  scopeMembers().catch(() => {})
}

async function optionsOf(range: DateRange): Promise<Options> {
  const [members, { resources, providers }] = await Promise.all([
    scopeMembers(),
    query(SpendResourcesDocument, { range }),
  ])
  const ofMembers = (list: readonly { key: string; name: string }[]) =>
    list.map(({ key, name }) => ({ value: key, label: name }))
  const used = (rows: readonly { keys: readonly { key?: string | null; label: string }[] }[]) =>
    rows.flatMap(({ keys: [one] }) => (one?.key == null ? [] : [{ value: one.label, label: one.label }]))
  return {
    agent: ofMembers(members.AGENT),
    client: ofMembers(members.CLIENT),
    project: ofMembers(members.PROJECT),
    provider: used(providers.rows),
    resource: used(resources.rows),
    kind: INVOCATION_KINDS.map((kind) => ({ value: kind, label: kind })),
  }
}
