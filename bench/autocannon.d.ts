/** What the bench uses of it; it comes without types. */
declare module 'autocannon' {
  export interface Options {
    readonly url: string
    readonly socketPath: string
    readonly connections: number
    /** Seconds. */
    readonly duration: number
    /** Requests a second, over all connections. */
    readonly overallRate?: number
  }

  export interface Result {
    /** Milliseconds. */
    readonly latency: { readonly p50: number; readonly p99: number; readonly max: number }
    readonly requests: { readonly total: number; readonly average: number }
    readonly errors: number
    readonly timeouts: number
    readonly non2xx: number
  }

  export default function autocannon(options: Options): Promise<Result>
}
