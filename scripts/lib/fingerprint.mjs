import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inRoot } from './root.mjs'

/** Installed and generated folders, and those of the layering test, which plants offenders for a moment. */
const passedOver = /^(node_modules|\.next|generated|\.turbo|planted-.*)$/

/** Every file under a path, sorted. */
function filesUnder(path) {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !passedOver.test(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)]))
}

/**
 * SHA-256 over names and contents of files and folders of the checkout. Contents, not times: a fresh clone, a branch
 * switch and a copied folder all answer rightly, and the few hundred files take milliseconds.
 */
export function fingerprint(paths, { except = () => false } = {}) {
  const hash = createHash('sha256')
  for (const path of paths) {
    for (const file of filesUnder(inRoot(path))) {
      if (except(file)) continue
      const content = readFileSync(file)
      hash.update(`${file.slice(inRoot().length)}\0${content.length}\0`)
      hash.update(content)
    }
  }
  return hash.digest('hex')
}

/** What was written by `writeStamp`, or null. */
export function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null
}

export function writeStamp(path, value) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${value}\n`)
}
