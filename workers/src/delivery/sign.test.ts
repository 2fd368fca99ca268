import { describe, expect, it } from '@jest/globals'
import { signedHeaders } from './sign.ts'

describe('the signature of a webhook', () => {
  it('is that of the published example', () => {
    // https://github.com/standard-webhooks/standard-webhooks, the vector of its libraries.
    expect(
      signedHeaders({
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        atMs: 1_614_265_330_999,
        body: '{"test": 2432232314}',
        secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      }),
    ).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })
})
