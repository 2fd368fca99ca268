import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import type { AlertScope } from '../alerts/alert-row.ts'

/** What a series is called in an alert, and whose it is. */
export interface SeriesIdentity {
  series: string
  suspect: 'FLEET' | 'AGENT' | 'CLIENT' | 'PROJECT' | 'RESOURCE' | 'AGENT_CLIENT'
  scope: AlertScope
  memberId: string
  secondId: string | null
}

/** The identity of a series of cells. */
export function identityOf({ grain, a, b }: { grain: number; a: string; b: string }): SeriesIdentity {
  switch (grain) {
    case Grain.AGENT:
      return { series: `AGENT:${a}`, suspect: 'AGENT', scope: 'AGENT', memberId: a, secondId: null }
    case Grain.CLIENT:
      return { series: `CLIENT:${a}`, suspect: 'CLIENT', scope: 'CLIENT', memberId: a, secondId: null }
    case Grain.PROJECT:
      return { series: `PROJECT:${a}`, suspect: 'PROJECT', scope: 'PROJECT', memberId: a, secondId: null }
    case Grain.RESOURCE:
      return { series: `RESOURCE:${a}`, suspect: 'RESOURCE', scope: 'FLEET', memberId: NIL_UUID, secondId: a }
    case Grain.CLIENT_AGENT:
      return { series: `AGENT_CLIENT:${b}:${a}`, suspect: 'AGENT_CLIENT', scope: 'AGENT', memberId: b, secondId: a }
    default:
      return { series: 'FLEET', suspect: 'FLEET', scope: 'FLEET', memberId: NIL_UUID, secondId: null }
  }
}
