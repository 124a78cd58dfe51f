import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  array,
  bool,
  charArray,
  double,
  fixedOpaque,
  hyper,
  int,
  opaque,
  optional,
  optionalString,
  string,
  struct,
  uhyper,
  uint,
} from '../../../src/drivers/libvirt/codecs.ts'
import { XdrError, type XdrProblem } from '../../../src/drivers/libvirt/errors.ts'
import { domainRef, errorBody, typedParams } from '../../../src/drivers/libvirt/values.ts'
import { type Codec, decodeXdr, encodeXdr } from '../../../src/drivers/libvirt/xdr.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

function table<T>(codec: Codec<T>, rows: readonly (readonly [T, string])[]): void {
  for (const [value, bytes] of rows) {
    assert.deepEqual(encodeXdr(codec, value), hex(bytes), `encode ${String(value)}`)
    assert.deepEqual(decodeXdr(codec, hex(bytes)), value, `decode ${bytes}`)
  }
}

function refuses<T>(codec: Codec<T>, bytes: string, problem: XdrProblem): void {
  assert.throws(
    () => decodeXdr(codec, hex(bytes)),
    (error: unknown) => error instanceof XdrError && error.problem === problem,
    `${bytes} should be ${problem}`,
  )
}

describe('XDR codecs: value and bytes', () => {
  it('int and uint', () => {
    table(int, [
      [0, '00000000'],
      [-1, 'ffffffff'],
      [2147483647, '7fffffff'],
      [-2147483648, '80000000'],
    ])
    table(uint, [
      [4294967295, 'ffffffff'],
      [1, '00000001'],
    ])
  })

  it('hyper and uhyper are bigints, whole', () => {
    table(hyper, [
      [-1n, 'ffffffffffffffff'],
      [9223372036854775807n, '7fffffffffffffff'],
    ])
    table(uhyper, [[18446744073709551615n, 'ffffffffffffffff']])
  })

  it('bool is a word of 0 or 1', () => {
    table(bool, [
      [true, '00000001'],
      [false, '00000000'],
    ])
    refuses(bool, '00000002', 'invalid')
  })

  it('double', () => table(double, [[1.5, '3ff8000000000000']]))

  it('string carries its length and is padded with zeros', () => {
    table(string(), [
      ['', '00000000'],
      ['abcd', '00000004 61626364'],
      ['vigia', '00000005 7669676961 000000'],
      ['é', '00000002 c3a9 0000'],
    ])
    refuses(string(), '00000005 7669676961 000001', 'invalid')
    refuses(string(), '00000002 6100 0000', 'invalid')
    refuses(string(3), '00000004 61626364', 'too-long')
  })

  it('optional string: null is one word', () => {
    table(optionalString(), [
      [null, '00000000'],
      ['a', '00000001 00000001 61000000'],
    ])
  })

  it('opaque, fixed opaque and char array', () => {
    table(opaque(8), [[hex('0102'), '00000002 01020000']])
    table(fixedOpaque(3), [[hex('010203'), '01020300']])
    table(charArray(3), [
      ['ab', '00000061 00000062 00000000'],
      ['é', 'ffffffe9 00000000 00000000'],
    ])
    refuses(charArray(3), '00000061 00000000 00000062', 'invalid')
    refuses(opaque(1), '00000002 01020000', 'too-long')
  })

  it('array, struct and optional', () => {
    table(array(int, 3), [[[1, 2], '00000002 00000001 00000002']])
    table(struct({ a: int, b: optional(uint) }), [[{ a: 1, b: null }, '00000001 00000000']])
    refuses(array(int, 1), '00000002 00000001 00000002', 'too-long')
  })

  it('typed parameters say their own type', () => {
    table(typedParams(2), [
      [[{ field: 'a', type: 'ullong', value: 7n }], '00000001 00000001 61000000 00000004 0000000000000007'],
      [[{ field: 'b', type: 'boolean', value: true }], '00000001 00000001 62000000 00000006 00000001'],
      [[{ field: 'c', type: 'string', value: 'x' }], '00000001 00000001 63000000 00000007 00000001 78000000'],
    ])
    refuses(typedParams(2), '00000001 00000001 61000000 00000008 00000000', 'invalid')
  })

  it('bytes left over are an error (X4)', () => refuses(int, '00000000 00000000', 'trailing'))

  it('a count beyond the bytes at hand is refused before anything is made for it (X2)', () => {
    refuses(array(int, 0xffffffff), 'ffffffff 00000000', 'truncated')
    refuses(string(), '00400000 61626364', 'truncated')
  })
})

describe('XDR codecs: values that cannot be sent', () => {
  const cases: readonly (readonly [string, () => Buffer])[] = [
    ['int of 2^31', () => encodeXdr(int, 2 ** 31)],
    ['int of a fraction', () => encodeXdr(int, 1.5)],
    ['uint below zero', () => encodeXdr(uint, -1)],
    ['uhyper below zero', () => encodeXdr(uhyper, -1n)],
    ['hyper of 2^63', () => encodeXdr(hyper, 2n ** 63n)],
    ['text with a zero byte', () => encodeXdr(string(), 'a\0b')],
    ['text too long', () => encodeXdr(string(3), 'abcd')],
    ['fixed opaque of another size', () => encodeXdr(fixedOpaque(2), hex('01'))],
    ['char array too long', () => encodeXdr(charArray(2), 'abc')],
    ['array too long', () => encodeXdr(array(int, 1), [1, 2])],
  ]
  for (const [name, run] of cases) it(name, () => assert.throws(run, XdrError))
})

/** Plain objects, as the codecs make them. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true })

const sample = struct({
  a: int,
  b: uhyper,
  c: array(struct({ name: string(64), dom: optional(domainRef) }), 16),
  d: opaque(64),
  e: typedParams(16),
  f: optionalString(64),
})

const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((value) => !value.includes('\0'))
const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size }).map((value) => Buffer.from(value))
const signed = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const typed = fc.oneof(
  record({ field: text, type: fc.constant('int' as const), value: signed }),
  record({
    field: text,
    type: fc.constant('llong' as const),
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  }),
  record({ field: text, type: fc.constant('double' as const), value: fc.double({ noNaN: true }) }),
  record({ field: text, type: fc.constant('boolean' as const), value: fc.boolean() }),
  record({ field: text, type: fc.constant('string' as const), value: text }),
)
const value = record({
  a: signed,
  b: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  c: fc.array(record({ name: text, dom: fc.option(record({ name: text, uuid: bytes(16), id: signed })) }), {
    maxLength: 4,
  }),
  d: fc.uint8Array({ maxLength: 64 }).map((some) => Buffer.from(some)),
  e: fc.array(typed, { maxLength: 4 }),
  f: fc.option(text),
})

describe('XDR codecs: properties', () => {
  it('what is encoded decodes to the same value, and to the same bytes again (X3)', () => {
    fc.assert(
      fc.property(value, (original) => {
        const encoded = encodeXdr(sample, original)
        const decoded = decodeXdr(sample, encoded)
        assert.deepEqual(decoded, original)
        assert.deepEqual(encodeXdr(sample, decoded), encoded)
      }),
    )
  })

  it('cut off at any byte, a message throws XdrError and nothing else (X1)', () => {
    fc.assert(
      fc.property(value, (original) => {
        const encoded = encodeXdr(sample, original)
        for (let size = 0; size < encoded.length; size++) {
          assert.throws(() => decodeXdr(sample, encoded.subarray(0, size)), XdrError)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('random bytes decode or throw XdrError (X1)', () => {
    for (const codec of [sample, errorBody, typedParams(1024)] as const) {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (some) => decodesOrRefuses(codec, Buffer.from(some))))
    }
  })

  it('a valid message with any one byte changed decodes or throws XdrError (X1)', () => {
    fc.assert(
      fc.property(value, fc.nat(), fc.nat({ max: 255 }), (original, where, byte) => {
        const encoded = Buffer.from(encodeXdr(sample, original))
        encoded[where % encoded.length] = byte
        decodesOrRefuses(sample, encoded)
      }),
    )
  })
})

function decodesOrRefuses(codec: Codec<unknown>, some: Buffer): void {
  try {
    decodeXdr(codec, some)
  } catch (error) {
    assert.ok(error instanceof XdrError, `threw ${String(error)}`)
  }
}
