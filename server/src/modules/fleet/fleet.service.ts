// STUB
export function openFleetCost(..._a: unknown[]): never { throw new Error('stub') }
export function readAttribution(..._a: unknown[]): never { throw new Error('stub') }
export function readConservation(..._a: unknown[]): never { throw new Error('stub') }
export function readFleetCompleted(..._a: unknown[]): never { throw new Error('stub') }
export function readFleetSeries(..._a: unknown[]): never { throw new Error('stub') }
export function readRemainders(..._a: unknown[]): never { throw new Error('stub') }
