import { describe, expect, it } from '@jest/globals'
import { bytesText, exportPercent, exportText } from './exports.ts'

describe('how far an export is', () => {
  it.each([
    [{ state: 'QUEUED', rowsDone: '0', rowsTotal: null }, null, 'begins as soon as a worker is free'],
    [{ state: 'RUNNING', rowsDone: '2000', rowsTotal: '300000' }, 0, '2,000 of 300,000 rows'],
    [{ state: 'RUNNING', rowsDone: '300000', rowsTotal: '300000' }, 99, '300,000 of 300,000 rows'],
    [{ state: 'RUNNING', rowsDone: '2000', rowsTotal: null }, null, '2,000 rows'],
    [{ state: 'RUNNING', rowsDone: '0', rowsTotal: '0' }, null, '0 of 0 rows'],
  ] as const)('%j is %s percent: %s', (progress, percent, text) => {
    expect([exportPercent(progress), exportText(progress)]).toEqual([percent, text])
  })

  it.each([
    ['0', '0 B'],
    ['1023', '1023 B'],
    ['1536', '1.5 KiB'],
    ['104857600', '100 MiB'],
    ['3221225472', '3 GiB'],
  ])('%s bytes are %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text)
  })
})
