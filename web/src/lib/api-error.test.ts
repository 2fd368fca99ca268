import { describe, expect, it } from '@jest/globals'
import { ApiError, readDigest } from './api-error.ts'

describe('an error of the API in the browser', () => {
  it('brings its code and request id through the digest, which is all React passes on', () => {
    const { digest } = new ApiError('INTERNAL', 'req_7K2Q', 'kept on the server')
    expect(readDigest({ digest })).toEqual({ code: 'INTERNAL', requestId: 'req_7K2Q' })
    expect(readDigest(new ApiError('UNREACHABLE', null, ''))).toEqual({ code: 'UNREACHABLE', requestId: null })
  })

  it('is any other error by the digest Next gave it', () => {
    expect(readDigest({ digest: '123456' })).toEqual({ code: null, requestId: '123456' })
    expect(readDigest(new Error('no digest'))).toEqual({ code: null, requestId: null })
  })
})
