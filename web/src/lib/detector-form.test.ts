import { describe, expect, it } from '@jest/globals'
import { DETECTED_KINDS, readDetectorForm } from './detector-form.ts'

function formOf(entries: [string, string][]): FormData {
  const form = new FormData()
  for (const [name, value] of entries) form.append(name, value)
  return form
}

const floors: [string, string][] = [
  ['minExcess', '5'],
  ['coldExcess', '20'],
]

describe('the form of the rules', () => {
  it('switches off the kinds that are not ticked', () => {
    const ticked = DETECTED_KINDS.filter((kind) => kind !== 'NEW_RESOURCE')
    const form = formOf([
      ['isEnabled', 'on'],
      ...ticked.map((kind): [string, string] => ['kind', kind]),
      ...floors,
      ['escalateAfter', '1.5'],
    ])
    expect(readDetectorForm(form)).toEqual({
      kind: 'read',
      value: {
        isEnabled: true,
        disabledKinds: ['NEW_RESOURCE'],
        minExcess: '5',
        coldExcess: '20',
        escalateAfterMinutes: 90,
      },
    })
  })

  it('never escalates when nothing is written, and is off without its tick', () => {
    expect(readDetectorForm(formOf(floors))).toMatchObject({
      value: { isEnabled: false, disabledKinds: DETECTED_KINDS, escalateAfterMinutes: null },
    })
  })

  it.each([
    ['minExcess', 'some'],
    ['escalateAfter', '0'],
    ['escalateAfter', 'soon'],
  ])('says that %s cannot be %s', (field, value) => {
    const form = formOf(floors)
    form.set(field, value)
    expect(readDetectorForm(form)).toMatchObject({ kind: 'refused', field })
  })
})
