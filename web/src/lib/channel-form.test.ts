import { describe, expect, it } from '@jest/globals'
import { readChannelForm, scopeValue } from './channel-form.ts'

function formOf(entries: Record<string, string | string[]>): FormData {
  const form = new FormData()
  const all = { name: 'Fleet costs', kind: 'EMAIL', target: 'finance@fernhill.example', digest: 'NONE', ...entries }
  for (const [name, value] of Object.entries(all)) for (const one of [value].flat()) form.append(name, one)
  return form
}

describe('the form of a channel', () => {
  it('tells everything at once when nothing else is chosen', () => {
    expect(readChannelForm(formOf({}))).toEqual({
      kind: 'read',
      value: {
        name: 'Fleet costs',
        kind: 'EMAIL',
        target: 'finance@fernhill.example',
        kinds: [],
        minSeverity: 'INFO',
        scopes: [],
        digest: 'NONE',
        digestHour: null,
        quietFrom: null,
        quietTo: null,
        criticalBreaksQuiet: false,
      },
    })
  })

  it('keeps filters, the hour of a digest and quiet hours', () => {
    const form = formOf({
      kinds: ['COST_SPIKE', 'CLIENT_BUDGET'],
      minSeverity: 'WARNING',
      scopes: [scopeValue({ scope: 'FLEET' }), scopeValue({ scope: 'CLIENT', key: 'a:b' })],
      digest: 'DAILY',
      digestHour: '7',
      quietFrom: '22:00',
      quietTo: '07:00',
      criticalBreaksQuiet: 'on',
    })
    expect(readChannelForm(form)).toMatchObject({
      value: {
        kinds: ['COST_SPIKE', 'CLIENT_BUDGET'],
        minSeverity: 'WARNING',
        scopes: [
          { scope: 'FLEET', key: null },
          { scope: 'CLIENT', key: 'a:b' },
        ],
        digestHour: 7,
        quietFrom: '22:00',
        quietTo: '07:00',
        criticalBreaksQuiet: true,
      },
    })
  })

  it.each([
    ['name', { name: ' ' }],
    ['target', { target: '' }],
    ['quietTo', { quietFrom: '22:00' }],
    ['quietFrom', { quietFrom: '25:00', quietTo: '07:00' }],
    ['kind', { kind: 'FAX' }],
  ])('says that %s cannot be read', (field, entries) => {
    expect(readChannelForm(formOf(entries))).toMatchObject({ kind: 'refused', field })
  })
})
