import 'server-only'
import { currentViewer, isLimited, type Viewer } from './session.ts'

/**
 * The viewer when their role sees the cost of the whole firm, else null: then the page says that it is hidden. The server refuses the data
 * anyway. Pages for who is limited to clients ask for colleague().
 */
export async function staffViewer(): Promise<Viewer | null> {
  const viewer = await currentViewer()
  return viewer.role === 'CLIENT' || isLimited(viewer) ? null : viewer
}

/** The viewer when they work for the firm, also where they are limited to some of its clients; else null. */
export async function colleague(): Promise<Viewer | null> {
  const viewer = await currentViewer()
  return viewer.role === 'CLIENT' ? null : viewer
}
