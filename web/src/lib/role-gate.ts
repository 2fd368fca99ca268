import 'server-only'
import { currentViewer, type Viewer } from './session.ts'

/** The viewer when their role sees cost, else null: then the page says that it is hidden. The server refuses the data anyway. */
export async function staffViewer(): Promise<Viewer | null> {
  const viewer = await currentViewer()
  return viewer.role === 'CLIENT' ? null : viewer
}
