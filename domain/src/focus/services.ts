import type { PoolCategory } from '../allocation/policy.ts'
import type { InvocationKind } from '../rollup/grain.ts'

/** How FOCUS classifies what was used: each service has one category and one subcategory (columns.ts). */
export interface FocusService {
  /** Stands after the provider's name and makes the service's: `openai inference`. */
  words: string
  category: string
  subcategory: string
}

const AI = 'AI and Machine Learning'

/** The service of a provider that an invocation used, by its kind. */
export const SERVICE_OF_KIND: Readonly<Record<InvocationKind, FocusService>> = {
  MODEL: { words: 'inference', category: AI, subcategory: 'Generative AI' },
  EMBEDDING: { words: 'embeddings', category: AI, subcategory: 'Machine Learning' },
  TOOL: { words: 'tools', category: AI, subcategory: 'Other (AI and Machine Learning)' },
  RETRIEVAL: { words: 'retrieval', category: 'Analytics', subcategory: 'Search' },
  AGENT: { words: 'agents', category: AI, subcategory: 'Other (AI and Machine Learning)' },
  OTHER: { words: 'services', category: 'Other', subcategory: 'Other (Other)' },
}

/** The service behind a cost pool, which has a name of its own. */
export const SERVICE_OF_POOL: Readonly<Record<PoolCategory, Omit<FocusService, 'words'>>> = {
  VECTOR_DATABASE: { category: 'Databases', subcategory: 'Other (Databases)' },
  EMBEDDING: { category: AI, subcategory: 'Machine Learning' },
  TOOL_SUBSCRIPTION: { category: AI, subcategory: 'Other (AI and Machine Learning)' },
  ORCHESTRATION: { category: 'Integration', subcategory: 'Workflow Orchestration' },
  MONITORING: { category: 'Management and Governance', subcategory: 'Observability' },
  OTHER: { category: 'Other', subcategory: 'Other (Other)' },
}

/** The units of meters that do not count tokens; a meter of the sender's own counts `Units`. */
export const UNIT_OF_METER: Readonly<Record<string, string>> = {
  requests: 'Requests',
  web_searches: 'Searches',
  storage_searches: 'Searches',
  seconds: 'Seconds',
  images: 'Images',
  characters: 'Characters',
  pages: 'Pages',
  annotated_pages: 'Pages',
  gb_months: 'GB-Months',
  sessions: 'Sessions',
}
