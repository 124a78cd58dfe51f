/** An amount of one currency in its smallest unit (cents, yen, fils): sums are exact whatever their size. */
export type Money = bigint

/** Digits after the point as ISO 4217 has them, where they are not two. */
const digitsOf: Readonly<Record<string, number>> = {
  ...each('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF', 0),
  ...each('BHD IQD JOD KWD LYD OMR TND', 3),
  ...each('CLF UYW', 4),
}

/** Active codes of ISO 4217 that money is counted in. */
const codes = new Set(
  `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP
   CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
   IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
   MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS
   SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XOF XPF YER
   ZAR ZMW ZWG`.split(/\s+/),
)

export function isCurrency(code: string): boolean {
  return codes.has(code)
}

/** Digits after the point: 2 for BRL, 0 for JPY, 3 for KWD. */
export function currencyDigits(code: string): number {
  return digitsOf[code] ?? 2
}

/** Null: no amount of this currency, or with more digits than it has. */
export function moneyFrom(text: string, currency: string): Money | null {
  const digits = currencyDigits(currency)
  const match = /^([-+]?)(\d{1,15})(?:\.(\d{1,15}))?$/.exec(text)
  if (match === null) return null
  const [, sign = '', whole = '', part = ''] = match
  if (/[1-9]/.test(part.slice(digits))) return null
  const amount = BigInt(`${whole}${part.slice(0, digits).padEnd(digits, '0')}`)
  return sign === '-' ? -amount : amount
}

/** `298810.00`: as it is written in a file, with all digits of the currency. */
export function moneyText(amount: Money, currency: string): string {
  const digits = currencyDigits(currency)
  const sign = amount < 0n ? '-' : ''
  const text = String(amount < 0n ? -amount : amount).padStart(digits + 1, '0')
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

function each(list: string, digits: number): Record<string, number> {
  return Object.fromEntries(list.split(' ').map((code) => [code, digits]))
}
