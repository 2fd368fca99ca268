import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's folder, whatever folder the command was called from. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** An absolute path inside the checkout. */
export const inRoot = (...parts) => join(root, ...parts)

/** Nothing that we start reports home or looks for a newer version of itself. */
export const quietEnvironment = {
  NEXT_TELEMETRY_DISABLED: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  CHECKPOINT_DISABLE: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  NO_UPDATE_NOTIFIER: '1',
}
