import type { Role } from '@outlay/domain/audience/policy'

/** Printed at every start and shown at the sign-in page of a demo: it protects nothing but invented figures. */
export const DEMO_PASSWORD = 'outlay-demo-2026'

export type DemoPerson = { email: string; name: string; label: string; role: Role; clientKey: string | null }

/** One login for each audience of the demo tenant. */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  {
    email: 'leadership@demo.outlay.local',
    name: 'Lena Fernhill',
    label: 'Leadership',
    role: 'OWNER',
    clientKey: null,
  },
  { email: 'finance@demo.outlay.local', name: 'Farid Ledger', label: 'Finance', role: 'FINANCE', clientKey: null },
  {
    email: 'pm@demo.outlay.local',
    name: 'Petra Moss',
    label: 'Project manager',
    role: 'PROJECT_MANAGER',
    clientKey: null,
  },
  { email: 'client@demo.outlay.local', name: 'Nora Wind', label: 'Client', role: 'CLIENT', clientKey: 'northwind' },
]
