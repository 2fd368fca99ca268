import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { compileCatalogue, type Catalogue } from '@outlay/domain/catalogue/catalogue'

let loading: Promise<Catalogue> | null = null

/** The catalogue of public prices that ships with this version, compiled once a process. */
export function loadCatalogue(): Promise<Catalogue> {
  loading ??= readShippedCatalogue().then((text) => compileCatalogue(JSON.parse(text)))
  return loading
}

/** The shipped catalogue as it is written. */
export function readShippedCatalogue(): Promise<string> {
  return readFile(fileURLToPath(import.meta.resolve('@outlay/domain/data/catalogue.json')), 'utf8')
}
