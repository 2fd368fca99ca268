/** Who works for whom in the demo: a firm with four agents and eight clients. Names and figures are invented. */
export const DEMO_TENANT = {
  key: 'fernhill',
  name: 'Fernhill Partners',
  currency: 'GBP',
  timeZone: 'Europe/London',
} as const

export type AgentKey = 'research' | 'coding' | 'summarisation' | 'campaign'
export const DEMO_AGENTS: readonly { key: AgentKey; name: string }[] = [
  { key: 'research', name: 'Research Agent' },
  { key: 'coding', name: 'Coding Agent' },
  { key: 'summarisation', name: 'Summarisation Agent' },
  { key: 'campaign', name: 'Campaign Agent' },
]

export type WorkKind = 'research' | 'coding' | 'summary' | 'campaign' | 'market-entry'

export interface DemoProject {
  key: string
  name: string
  /** The work it takes, heaviest first by weight. */
  work: Partial<Record<WorkKind, number>>
}

export interface DemoClient {
  key: string
  name: string
  /** What it pays in percent of the list price. Two pay far less than their share of the cost: the portal flags them. */
  pricePercent: number
  projects: readonly DemoProject[]
}

export const DEMO_CLIENTS: readonly DemoClient[] = [
  {
    key: 'halden',
    name: 'Halden & Co',
    pricePercent: 165,
    projects: [
      { key: 'site-rebuild', name: 'Site rebuild', work: { coding: 22, summary: 4 } },
      { key: 'halden-search', name: 'Search', work: { coding: 8, research: 6, summary: 6 } },
    ],
  },
  {
    key: 'meridian',
    name: 'Meridian Health',
    pricePercent: 130,
    projects: [
      { key: 'trial-digest', name: 'Trial digest', work: { summary: 30, research: 12 } },
      { key: 'patient-portal', name: 'Patient portal', work: { coding: 14, summary: 2 } },
    ],
  },
  {
    key: 'brightwater',
    name: 'Brightwater Foods',
    pricePercent: 120,
    projects: [
      { key: 'spring-range', name: 'Spring range', work: { campaign: 22, 'market-entry': 3 } },
      { key: 'supplier-review', name: 'Supplier review', work: { research: 14, summary: 12 } },
    ],
  },
  {
    key: 'northwind',
    name: 'Northwind Capital',
    pricePercent: 100,
    projects: [
      { key: 'emea-expansion', name: 'EMEA expansion', work: { 'market-entry': 12, research: 20, campaign: 10 } },
      { key: 'board-papers', name: 'Board papers', work: { summary: 24, research: 4 } },
    ],
  },
  {
    key: 'kestrel',
    name: 'Kestrel Energy',
    pricePercent: 95,
    projects: [
      { key: 'grid-outlook', name: 'Grid outlook', work: { research: 18, summary: 14, 'market-entry': 4 } },
      { key: 'tariff-desk', name: 'Tariff desk', work: { coding: 8 } },
    ],
  },
  {
    key: 'corvid',
    name: 'Corvid Media',
    pricePercent: 42,
    projects: [
      { key: 'newsroom-tools', name: 'Newsroom tools', work: { coding: 18, summary: 16 } },
      { key: 'autumn-titles', name: 'Autumn titles', work: { campaign: 26 } },
    ],
  },
  {
    key: 'ostrava',
    name: 'Ostrava Logistics',
    pricePercent: 26,
    projects: [
      { key: 'route-planner', name: 'Route planner', work: { coding: 20 } },
      { key: 'tender-watch', name: 'Tender watch', work: { research: 16, summary: 10 } },
    ],
  },
  {
    key: 'pelham',
    name: 'Pelham Studio',
    pricePercent: 24,
    projects: [
      { key: 'brand-refresh', name: 'Brand refresh', work: { campaign: 16, 'market-entry': 2 } },
      { key: 'studio-tools', name: 'Studio tools', work: { coding: 5, summary: 3 } },
    ],
  },
]

/** What a piece of work costs a client that pays the list price, in pence; summaries are included in every agreement. */
export const LIST_PRICE_PENCE: Record<WorkKind, number | null> = {
  research: 1_800,
  coding: 2_900,
  summary: null,
  campaign: 1_250,
  'market-entry': 5_000,
}

/** How a task is called: a form of the work and a subject. */
export const WORK_TITLES: Record<WorkKind, { forms: readonly string[]; subjects: readonly string[] }> = {
  research: {
    forms: ['Research brief', 'Fact check', 'Source review', 'Question answered'],
    subjects: [
      'Danish pension rules',
      'cold-chain carriers in Iberia',
      'packaging levies from next April',
      'grid connection queues',
      'competitor pricing, mid-market',
      'sugar reduction claims',
      'port congestion outlook',
      'remote consultation guidance',
      'wealth platforms in the Nordics',
      'heat pump subsidies by region',
      'customs changes for parcels',
      'clinical trial registries',
      'oat supply and harvest forecasts',
      'payment terms in the sector',
      'public tenders worth watching',
      'balancing market reform',
    ],
  },
  coding: {
    forms: ['Build', 'Fix', 'Refactor', 'Add tests for', 'Upgrade'],
    subjects: [
      'the product filter',
      'the checkout address step',
      'appointment reminders',
      'search ranking rules',
      'the route cost model',
      'the headline editor',
      'the image pipeline',
      'the tariff import',
      'single sign-on',
      'the stock feed',
      'offline mode of the driver app',
      'the consent banner',
      'article previews',
      'the timesheet export',
    ],
  },
  summary: {
    forms: ['Summary', 'Digest', 'Reading note', 'Minutes'],
    subjects: [
      'board paper',
      'trial publication',
      'analyst call',
      'supplier audit',
      'tender document',
      'regulator bulletin',
      'press round-up',
      'customer interview',
      'committee hearing',
      'market note',
      'safety report',
      'weekly reading pack',
    ],
  },
  campaign: {
    forms: ['Campaign draft', 'Headline variants', 'Newsletter', 'Social set'],
    subjects: [
      'spring launch',
      'autumn titles',
      'brand refresh',
      'retailer toolkit',
      'investor day',
      'podcast series',
      'festival season',
      'new packaging',
      'subscriber offer',
      'design awards',
    ],
  },
  'market-entry': {
    forms: ['Market entry analysis'],
    subjects: [
      'Nordic wealth platforms',
      'Iberian private banking',
      'Benelux payments',
      'ready meals in Poland',
      'home batteries in Italy',
      'design studios in Portugal',
      'family offices in Switzerland',
      'savings products in Ireland',
    ],
  },
}
