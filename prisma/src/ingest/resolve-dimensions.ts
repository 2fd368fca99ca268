import type { PoolClient } from 'pg'
import { invariant } from '@outlay/domain/errors'
import type { Invocation } from '@outlay/domain/invocation/invocation'
import { plainArray } from '../sql/pg-array.ts'
import {
  DimensionMemory,
  findOrCreate,
  findOrCreateResources,
  resourceKey,
  type KeyedDimension,
  type Links,
} from './dimensions.ts'
import { moveTaskCells, type CountedTask } from './move-task-cells.ts'

/** The ids behind the tags of one event. */
export interface ResolvedTags {
  agentId: string | null
  clientId: string | null
  projectId: string | null
  taskId: string | null
  resourceId: string | null
  /** Where a shared use counts: the client and project of its task, else its own (law L13). */
  taskPlace: Links
}

/** A task that got its client or project only now: its shared uses move there. */
export interface MovedTask {
  taskId: string
  from: Links
}

interface Item {
  invocation: Invocation
  isShared: boolean
}

/**
 * Finds or makes the records behind the tags of a batch (law L3), and lets a task without a client or project take those of the first
 * event that states them. `found` holds what was learnt, to be remembered once the transaction has committed.
 */
export async function resolveDimensions(
  client: PoolClient,
  wanted: { tenantId: string; memory: DimensionMemory; items: readonly Item[] },
): Promise<{ tags: ResolvedTags[]; found: DimensionMemory; movedTasks: MovedTask[] }> {
  const resolution = new Resolution(client, wanted.tenantId, wanted.memory)
  await resolution.findRecords(wanted.items)
  const movedTasks = await resolution.fillLinks(wanted.items)
  const places = await resolution.taskPlaces(wanted.items)
  const tags = wanted.items.map(({ invocation }) => resolution.tagsOf(invocation, places))
  return { tags, found: resolution.found, movedTasks }
}

const NO_LINKS: Links = { clientId: null, projectId: null }

class Resolution {
  readonly found = new DimensionMemory()
  readonly #client: PoolClient
  readonly #tenantId: string
  readonly #memory: DimensionMemory

  constructor(client: PoolClient, tenantId: string, memory: DimensionMemory) {
    this.#client = client
    this.#tenantId = tenantId
    this.#memory = memory
  }

  async findRecords(items: readonly Item[]): Promise<void> {
    await this.#findKeys('agent', items, () => NO_LINKS)
    await this.#findKeys('client', items, () => NO_LINKS)
    await this.#findKeys('project', items, (invocation) => ({
      clientId: this.#id('client', invocation.client),
      projectId: null,
    }))
    await this.#findKeys('task', items, (invocation) => ({
      clientId: this.#id('client', invocation.client),
      projectId: this.#id('project', invocation.project),
    }))
    await this.#findResources(items)
  }

  async #findKeys(
    dimension: KeyedDimension,
    items: readonly Item[],
    linksOf: (invocation: Invocation) => Links,
  ): Promise<void> {
    const keys = new Map<string, Links>()
    for (const { invocation } of items) {
      const key = invocation[dimension]
      if (key === null || this.#memory.ids[dimension].has(key)) continue
      const links = linksOf(invocation)
      const known = keys.get(key) ?? NO_LINKS
      keys.set(key, { clientId: known.clientId ?? links.clientId, projectId: known.projectId ?? links.projectId })
    }
    const records = await findOrCreate(this.#client, { tenantId: this.#tenantId, dimension, keys })
    for (const [key, record] of records) {
      this.found.ids[dimension].set(key, record.id)
      if (!record.isNew) continue
      const links = keys.get(key) ?? NO_LINKS
      if (links.clientId !== null) this.found.hasClient.add(record.id)
      if (links.projectId !== null) this.found.hasProject.add(record.id)
    }
  }

  async #findResources(items: readonly Item[]): Promise<void> {
    const keys = new Set<string>()
    for (const { invocation } of items) {
      const key = resourceKeyOf(invocation)
      if (key !== null && !this.#memory.resources.has(key)) keys.add(key)
    }
    const records = await findOrCreateResources(this.#client, { tenantId: this.#tenantId, keys: [...keys] })
    for (const [key, id] of records) this.found.resources.set(key, id)
  }

  /** Gives links to records that have none yet: a project's client, a task's client and project. */
  async fillLinks(items: readonly Item[]): Promise<MovedTask[]> {
    const projects = new Map<string, Links>()
    const tasks = new Map<string, Links>()
    for (const { invocation } of items) {
      const clientId = this.#id('client', invocation.client)
      const projectId = this.#id('project', invocation.project)
      this.#want(projects, projectId, { clientId, projectId: null })
      this.#want(tasks, this.#id('task', invocation.task), { clientId, projectId })
    }
    if (projects.size > 0) await fillProjects(this.#client, this.#tenantId, projects)
    const moved = tasks.size > 0 ? await fillTasks(this.#client, this.#tenantId, tasks) : []
    for (const links of [projects, tasks]) {
      for (const [id, { clientId, projectId }] of links) {
        if (clientId !== null) this.found.hasClient.add(id)
        if (projectId !== null) this.found.hasProject.add(id)
      }
    }
    return moved
  }

  #want(wanted: Map<string, Links>, id: string | null, stated: Links): void {
    if (id === null) return
    const clientId = this.#isKnown('hasClient', id) ? null : stated.clientId
    const projectId = this.#isKnown('hasProject', id) ? null : stated.projectId
    if (clientId === null && projectId === null) return
    const earlier = wanted.get(id) ?? NO_LINKS
    wanted.set(id, { clientId: earlier.clientId ?? clientId, projectId: earlier.projectId ?? projectId })
  }

  #isKnown(link: 'hasClient' | 'hasProject', id: string): boolean {
    return this.#memory[link].has(id) || this.found[link].has(id)
  }

  /** The places of the tasks of shared uses, read under the lock because upsertTask may have changed them. */
  async taskPlaces(items: readonly Item[]): Promise<Map<string, Links>> {
    const ids = new Set<string>()
    for (const { invocation, isShared } of items) {
      const id = isShared ? this.#id('task', invocation.task) : null
      if (id !== null) ids.add(id)
    }
    if (ids.size === 0) return new Map()
    const result = await this.#client.query<{ id: string; client_id: string | null; project_id: string | null }>({
      name: 'task_places',
      text: 'SELECT id, client_id, project_id FROM task WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[])',
      values: [this.#tenantId, plainArray([...ids])],
    })
    return new Map(result.rows.map((row) => [row.id, { clientId: row.client_id, projectId: row.project_id }]))
  }

  tagsOf(invocation: Invocation, places: ReadonlyMap<string, Links>): ResolvedTags {
    const clientId = this.#id('client', invocation.client)
    const projectId = this.#id('project', invocation.project)
    const taskId = this.#id('task', invocation.task)
    const place = (taskId === null ? undefined : places.get(taskId)) ?? NO_LINKS
    const key = resourceKeyOf(invocation)
    const resourceId = key === null ? null : (this.found.resources.get(key) ?? this.#memory.resources.get(key))
    invariant(resourceId !== undefined, `The resource ${key} was not found`)
    return {
      agentId: this.#id('agent', invocation.agent),
      clientId,
      projectId,
      taskId,
      resourceId,
      taskPlace: { clientId: place.clientId ?? clientId, projectId: place.projectId ?? projectId },
    }
  }

  #id(dimension: KeyedDimension, key: string | null): string | null {
    if (key === null) return null
    const id = this.found.ids[dimension].get(key) ?? this.#memory.ids[dimension].get(key)
    invariant(id !== undefined, `The ${dimension} ${key} was not found`)
    return id
  }
}

function resourceKeyOf(invocation: Invocation): string | null {
  const { provider, resource } = invocation
  return provider === null && resource === null ? null : resourceKey(provider, resource)
}

const FILL_PROJECTS = `
UPDATE project p SET client_id = f.client_id FROM unnest($2::uuid[], $3::uuid[]) AS f(id, client_id)
WHERE p.tenant_id = $1::uuid AND p.id = f.id AND p.client_id IS NULL`

async function fillProjects(client: PoolClient, tenantId: string, links: ReadonlyMap<string, Links>): Promise<void> {
  const entries = [...links]
  await client.query({
    name: 'fill_projects',
    text: FILL_PROJECTS,
    values: [tenantId, plainArray(entries.map(([id]) => id)), plainArray(entries.map(([, link]) => link.clientId))],
  })
}

const FILL_TASKS = `
WITH wanted AS (SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS w(id, client_id, project_id)),
before AS (
  SELECT t.id, t.client_id, t.project_id, t.completed_on::text, t.billed_amount::text, t.billed_currency
  FROM task t JOIN wanted w ON w.id = t.id
  WHERE t.tenant_id = $1::uuid
    AND ((t.client_id IS NULL AND w.client_id IS NOT NULL) OR (t.project_id IS NULL AND w.project_id IS NOT NULL))
), filled AS (
  UPDATE task t SET client_id = coalesce(t.client_id, w.client_id), project_id = coalesce(t.project_id, w.project_id)
  FROM wanted w JOIN before b ON b.id = w.id WHERE t.tenant_id = $1::uuid AND t.id = w.id RETURNING t.id
)
SELECT b.* FROM before b JOIN filled f ON f.id = b.id`

async function fillTasks(
  client: PoolClient,
  tenantId: string,
  links: ReadonlyMap<string, Links>,
): Promise<MovedTask[]> {
  const entries = [...links]
  const result = await client.query<CountedTask & { project_id: string | null }>({
    name: 'fill_tasks',
    text: FILL_TASKS,
    values: [
      tenantId,
      plainArray(entries.map(([id]) => id)),
      plainArray(entries.map(([, link]) => link.clientId)),
      plainArray(entries.map(([, link]) => link.projectId)),
    ],
  })
  await moveTaskCells(client, tenantId, result.rows)
  return result.rows.map((row) => ({ taskId: row.id, from: { clientId: row.client_id, projectId: row.project_id } }))
}
