import { existsSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const onPath = (name) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file) && statSync(file).isFile())

/** The first Chromium that is there, or null: the one without windows before others, since tests never open one and it takes a third less time. */
export function findChromium() {
  const given = process.env.CHROMIUM_PATH
  if (given) return existsSync(given) ? given : null
  const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  return names.map(onPath).find((file) => file !== undefined) ?? null
}

export const findRedis = () => onPath('redis-server') ?? null

/**
 * Programs that some tests need and npm cannot bring. `tests` is where those tests live; `install` is what to do.
 */
export function missingRequirements() {
  return [
    {
      name: 'Chromium',
      found: findChromium(),
      tests: 'test/browser/',
      install: 'apt-get install chromium-headless-shell or chromium, or set CHROMIUM_PATH',
    },
    { name: 'redis-server', found: findRedis(), tests: 'test/redis/', install: 'apt-get install redis-server' },
  ].filter((requirement) => requirement.found === null)
}
