// STUB
export function createKey(..._a: unknown[]): never { throw new Error('stub') }
export function listKeys(..._a: unknown[]): never { throw new Error('stub') }
export function revokeKey(..._a: unknown[]): never { throw new Error('stub') }
