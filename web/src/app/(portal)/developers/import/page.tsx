import type { Metadata } from 'next'
import { NotForRole } from '../../../../components/ui/not-for-role.tsx'
import { mayRecordUsage } from '../../../../lib/session.ts'
import { DevelopersFrame } from '../developers-frame.tsx'
import { ImportUsage } from './import-usage.tsx'

export const metadata: Metadata = { title: 'Import usage' }

export default function ImportUsagePage() {
  return (
    <DevelopersFrame title="Import usage" path="/developers/import">
      {({ role }) =>
        mayRecordUsage(role) ? (
          <ImportUsage />
        ) : (
          <NotForRole>Usage is imported by owners and administrators, and by programs with an API key.</NotForRole>
        )
      }
    </DevelopersFrame>
  )
}
