import type { OtlpItem } from './otlp-item.ts'
import { SERVICE_NAME } from './alias-table.ts'
import { TAG_NAMES, type Tags } from './span-tags.ts'

/** Tags of a stored invocation, as keys. */
export interface StoredTags extends Tags {
  /** Its agent is only a service name (its raw attributes contain `service.name`): no name to hand down. */
  isAgentFromService: boolean
}

/** The spans outside this export that could fill a missing tag, each once. */
export function neededParents(items: readonly OtlpItem[]): { traceId: string; parentSpanId: string }[] {
  const needed = new Map<string, { traceId: string; parentSpanId: string }>()
  for (const item of items) {
    if (item.outerParent !== null && lacksTag(item)) needed.set(storedKey(item.outerParent), item.outerParent)
  }
  return [...needed.values()]
}

/**
 * Fills tags that are still missing from the stored parent, for spans whose parent came in an earlier export. `stored` is keyed by
 * `traceId:spanId`. The parent's service name is not handed down: the child has one of its own.
 */
export function inheritFromStored(items: readonly OtlpItem[], stored: ReadonlyMap<string, StoredTags>): OtlpItem[] {
  return items.map((item) => {
    const parent = item.outerParent === null ? undefined : stored.get(storedKey(item.outerParent))
    return parent === undefined || !lacksTag(item) ? item : inherit(item, parent)
  })
}

function inherit(item: OtlpItem, parent: StoredTags): OtlpItem {
  const invocation = { ...item.invocation }
  for (const tag of TAG_NAMES) if (tag !== 'agent') invocation[tag] ??= parent[tag]
  const isNamed = parent.agent !== null && !parent.isAgentFromService
  if (!isNamed || (invocation.agent !== null && !item.isAgentFromService)) return { ...item, invocation }
  const raw = { ...item.raw }
  delete raw[SERVICE_NAME]
  return { ...item, invocation: { ...invocation, agent: parent.agent }, raw, isAgentFromService: false }
}

function lacksTag({ invocation, isAgentFromService }: OtlpItem): boolean {
  return isAgentFromService || TAG_NAMES.some((tag) => invocation[tag] === null)
}

function storedKey({ traceId, parentSpanId }: { traceId: string; parentSpanId: string }): string {
  return `${traceId}:${parentSpanId}`
}
