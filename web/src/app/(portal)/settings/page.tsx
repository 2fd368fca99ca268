import { redirect } from 'next/navigation'
import { hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import { currentViewer, mayManageMembers } from '../../../lib/session.ts'

/** Settings begin with what the role has to do with them. */
export default async function SettingsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [viewer, params] = await Promise.all([currentViewer(), searchParams])
  redirect(hrefWith(mayManageMembers(viewer.role) ? '/settings/members' : '/settings/account', params))
}
